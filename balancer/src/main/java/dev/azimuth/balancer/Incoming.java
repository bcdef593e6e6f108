package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * What comes in over the bare socket of a side: read into the loop's one buffer and from there
 * passed on, or spliced where it comes in bulk and nobody looks at it.
 */
final class Incoming {
  /**
   * What is read at once: more while the other side takes all of it, little while memory is short.
   */
  static final int MOST = 256 * 1024;

  static final int LEAST = 16 * 1024;

  /** As much as of one of which nothing is known yet. */
  private static final int USUAL = 32 * 1024;

  /** From here on it is bulk: a read took all that there was room for, and all of it went on. */
  private static final int BULK = 2 * USUAL;

  /** After so many octets, or reads, it is another connection's turn. */
  private static final int TURN = 1024 * 1024;

  private static final int ROUNDS = 8;

  private final SocketLeg leg;
  private final Connection connection;
  private final Socket socket;
  private final Loop loop;

  /** Whether octets are wanted. */
  private boolean reading;

  /** Whether a read may find something; epoll tells of what is there already, too. */
  private boolean readable;

  /** Whether no further edge will come: only reading on tells where the end is. */
  private boolean half;

  /** Whether it may have failed: after its end reading does not tell of that. */
  private boolean broken;

  private int room = USUAL;

  /** Reads nothing before {@link #resume}. */
  Incoming(SocketLeg leg, Socket socket, Loop loop) {
    this.leg = leg;
    connection = leg.connection;
    this.socket = socket;
    this.loop = loop;
  }

  /** Epoll has told that the other end has sent its end, or that something is wrong. */
  void told(boolean hasEnded, boolean isBroken) {
    half |= hasEnded;
    broken |= isBroken;
  }

  /** There may be something to read. */
  void mayRead() {
    readable = true;
  }

  boolean isReading() {
    return reading;
  }

  /** Octets are wanted again. */
  void resume() {
    if (!reading && !leg.isClosed()) {
      reading = true;
      goOn();
    }
  }

  /** No octets are wanted. */
  void stop() {
    reading = false;
  }

  /** Reads while octets are wanted and there. */
  void goOn() {
    try {
      int left = TURN;
      while (reading && readable) {
        if (left <= 0) {
          loop.later(leg.guarded(this::goOn));
          return;
        }
        int octets = splice();
        left -= Math.max(TURN / ROUNDS, octets > 0 ? octets : copy());
      }
    } catch (IOException e) {
      connection.gone(leg);
    }
  }

  /**
   * Has the system pass octets on without copying them, where that can be; how many. When that is
   * none, reading tells why.
   */
  private int splice() throws IOException {
    int wanted = room;
    Outgoing to = wanted < BULK || loop.tight() ? null : leg.straightOn();
    Pipe pipe = to == null ? null : loop.splice.fill(socket.intValue(), wanted);
    if (to == null || pipe == null) {
      return 0;
    }
    int octets = pipe.held();
    connection.spliced(leg, octets);
    try {
      reading = to.write(pipe);
    } finally {
      loop.splice.clear();
    }
    if (!reading) {
      room = Math.max(LEAST, octets - to.left());
    } else if (octets < LEAST) {
      room = USUAL;
    } else if (octets == wanted) {
      room = Math.min(MOST, 2 * room);
    }
    return octets;
  }

  /** Reads octets into the loop's buffer and passes them on; how many. */
  private int copy() throws IOException {
    ByteBuf buffer = loop.buffer;
    int wanted = loop.tight() ? LEAST : room;
    int read = socket.recvAddress(buffer.memoryAddress(), 0, wanted);
    if (read < 0) {
      readable = false;
      atEnd();
      return 0;
    }
    // Less than there was room for is all that there was, unless the end is still to be found.
    readable = read == wanted || (half && read > 0);
    if (read > 0) {
      buffer.setIndex(0, read);
      reading = leg.received(buffer) && !leg.isClosed();
      room = !reading ? LEAST : read == wanted ? Math.min(MOST, 2 * room) : room;
    }
    return read;
  }

  private void atEnd() {
    if (broken && hasFailed()) {
      connection.gone(leg);
    } else {
      leg.receivedEnd();
    }
  }

  /** Whether the socket says that it has failed, which it does once. */
  boolean hasFailed() {
    try {
      return socket.getSoError() != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Reads all that is there into a buffer, or as much as it has room for. */
  void readAll(ByteBuf into) {
    while (into.isWritable() && receive(into) > 0) {
      // All that is there.
    }
  }

  /** Reads what is there without waiting for epoll; nothing when that fails. */
  private int receive(ByteBuf into) {
    into.ensureWritable(Math.min(LEAST, into.maxWritableBytes()));
    try {
      int read = socket.recvAddress(into.memoryAddress(), into.writerIndex(), into.capacity());
      if (read > 0) {
        into.writerIndex(into.writerIndex() + read);
      }
      return read;
    } catch (IOException e) {
      return 0;
    }
  }
}
