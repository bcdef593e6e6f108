package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * What goes out over the bare socket of a side: sent at once as far as the system takes it, else
 * kept until it does.
 */
final class Outgoing {
  private final SocketLeg leg;
  private final Socket socket;
  private final Loop loop;
  private final Connection connection;
  private final Runnable look = this::look;
  private @Nullable ByteBuf kept;
  private Then then = Then.GO_ON;

  /** Whether sending has failed, and what follows from that is still to be done. */
  private boolean lost;

  private boolean closed;

  /** How many octets had arrived when that was looked at last. */
  private long arrived;

  /** What happens when nothing is kept any more. */
  enum Then {
    /** More may come. */
    GO_ON,
    /** The end is sent. */
    SHUT,
    /** It is closed. */
    CLOSE,
    /** The end is sent, and when that has arrived it is closed. */
    LEAVE,
    /** When everything has arrived it is broken off. */
    BREAK
  }

  Outgoing(SocketLeg leg, Socket socket, Loop loop) {
    this.leg = leg;
    this.socket = socket;
    this.loop = loop;
    connection = leg.connection;
  }

  /** Like {@link Leg#write}. */
  boolean write(ByteBuf octets) {
    if (closed || lost) {
      return false;
    }
    try {
      boolean first = kept == null;
      if (first && octets.hasMemoryAddress()) {
        octets.skipBytes(send(octets));
        if (!octets.isReadable()) {
          return true;
        }
      }
      if (kept == null) {
        kept = loop.budget.allocator().directBuffer(octets.readableBytes());
      }
      kept.writeBytes(octets);
      if (first && !octets.hasMemoryAddress()) {
        sendSome(); // which had to be copied to be sent at all
      }
    } catch (IOException e) {
      lose();
    }
    return kept == null && !lost;
  }

  /** Whether what comes next is sent at once as far as the system takes it. */
  boolean isFree() {
    return kept == null && !lost && !closed;
  }

  /** Sends what is in a pipe while it {@link #isFree}; else like {@link Leg#write}. */
  boolean write(Pipe pipe) {
    try {
      pipe.drain(socket.intValue());
      int left = pipe.held();
      if (left > 0) {
        ByteBuf rest = loop.budget.allocator().directBuffer(left, left);
        kept = rest;
        pipe.empty(rest.internalNioBuffer(0, left));
        rest.writerIndex(left);
        sendSome(); // so that epoll tells when there is room
      }
    } catch (IOException e) {
      lose();
    }
    return kept == null && !lost;
  }

  /** How many octets are kept. */
  int left() {
    return kept == null ? 0 : kept.readableBytes();
  }

  private int send(ByteBuf octets) throws IOException {
    return socket.sendAddress(octets.memoryAddress(), octets.readerIndex(), octets.writerIndex());
  }

  /** Sending failed; whoever sent is in the middle of something. */
  private void lose() {
    if (!lost) {
      lost = true;
      leg.soon(leg::giveUp);
    }
  }

  /** The system takes more. */
  void goOn() {
    if (kept == null || lost) {
      return;
    }
    try {
      sendSome();
    } catch (IOException e) {
      lose();
      return;
    }
    connection.sent();
    if (kept == null) {
      done();
    }
  }

  private void sendSome() throws IOException {
    ByteBuf left = kept;
    if (left != null) {
      left.skipBytes(send(left));
      if (!left.isReadable()) {
        left.release();
        kept = null;
      }
    }
  }

  /** Does this once nothing is kept, perhaps at once. */
  void whenSent(Then what) {
    if (!closed) {
      then = what;
      if (kept == null && !lost) {
        done();
      }
    }
  }

  private void done() {
    switch (then) {
      case GO_ON -> leg.drained();
      case SHUT -> {
        if (sendEnd()) {
          connection.passed();
        }
      }
      case CLOSE -> connection.passed();
      case LEAVE -> {
        if (sendEnd()) {
          awaitArrival();
        }
      }
      case BREAK -> awaitArrival();
    }
  }

  private boolean sendEnd() {
    try {
      socket.shutdown(false, true);
      return true;
    } catch (IOException | NotYetConnectedException e) {
      connection.gone(leg);
      return false;
    }
  }

  private void awaitArrival() {
    if (hasArrived()) {
      connection.passed();
    } else {
      loop.eachTick(look);
    }
  }

  private void look() {
    if (hasArrived()) {
      loop.notEachTick(look);
      connection.passed();
    }
  }

  private boolean hasArrived() {
    Arrival arrival = loop.arrival;
    if (!arrival.look(socket) || arrival.complete()) {
      return true;
    }
    if (arrived != arrival.octets()) {
      arrived = arrival.octets();
      connection.sent();
    }
    return false;
  }

  /** Has the other end see RST once the socket is closed. */
  void breakOff() {
    then = Then.BREAK;
  }

  /** Whether something can be said before the socket is closed. */
  boolean isOpen() {
    return kept == null && !lost && then != Then.BREAK;
  }

  /** Says this before the socket is closed, if the system takes it. */
  void sayLast(ByteBuf octets) {
    try {
      send(octets);
    } catch (IOException e) {
      // Nobody hears it.
    }
  }

  /** Nothing more is sent: the socket is closed soon. */
  void close() {
    closed = true;
    loop.notEachTick(look);
    if (kept != null || then == Then.BREAK) {
      abort(); // what looks whole must be whole
    }
    if (kept != null) {
      kept.release();
      kept = null;
    }
  }

  private void abort() {
    try {
      socket.setSoLinger(0);
    } catch (IOException e) {
      // Then it sees an ordinary end.
    }
  }
}
