package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One TCP client: queries with a length of two octets before each (RFC 1035 section 4.2.2),
 * answered in the order in which they come (RFC 7766 section 6.2.1.1 allows any). While the client
 * leaves too many replies unread, nothing more is read or answered. What comes from a front end
 * begins with a PROXY header, which says who the client is. Used by the loop's thread.
 */
final class TcpConnection {
  private static final int LENGTH = 2;

  /**
   * No query is longer than one over UDP may be. Whoever announces more is told so by the end of
   * the connection, before what is announced takes memory.
   */
  private static final int LONGEST = DatagramPort.PAYLOAD;

  private final TcpSocket socket;
  private final TcpServer server;
  private final TcpLoop loop;
  private final Tally tally;

  /** Octets not yet answered: part of a query, or whole ones while replies are unread. */
  private @Nullable ByteBuf pending;

  private ClientAddress address = ClientAddress.NONE;
  private int port;

  /** Where it is connected to; null while nobody wants to know. */
  private @Nullable ClientAddress local;

  private int localPort;
  private boolean admitted;

  /** Whether the header that names the client is yet to come. */
  private boolean unnamed;

  /** When the last whole query came, or the connection. */
  private long lastQuery = System.nanoTime();

  private boolean asked;

  /** Whether nothing more is taken: the client has said all, or too much. */
  private boolean ending;

  private boolean stalled;

  /** Since when too many replies are unread, if {@link #stalled}. */
  private long stalledSince;

  private boolean closed;

  TcpConnection(TcpSocket socket, TcpServer server, TcpLoop loop) {
    this.socket = socket;
    this.server = server;
    this.loop = loop;
    this.tally = server.tally(loop);
  }

  TcpServer server() {
    return server;
  }

  /** Why the limits say that the connection must go now; null when they do not. */
  TrafficVisitor.@Nullable Connection overdue(long now) {
    if (stalled && now - stalledSince > server.stallNanos()) {
      return TrafficVisitor.Connection.SLOW;
    }
    if (now - lastQuery <= (asked ? server.idleNanos() : server.firstNanos())) {
      return null;
    }
    if (!asked) {
      return TrafficVisitor.Connection.NO_QUERY;
    }
    return ending || stalled ? TrafficVisitor.Connection.SLOW : TrafficVisitor.Connection.IDLE;
  }

  void close(TrafficVisitor.Connection why) {
    server.count(why);
    close();
  }

  void close() {
    ending = true;
    socket.close();
  }

  /** The client is there, once and before all else. Perhaps it is refused. */
  void begin(InetSocketAddress from) {
    address = ClientAddress.of(from.getAddress());
    port = from.getPort();
    unnamed = loop.isFrontEnd(address);
    admitted = !unnamed && server.admit(address);
    if (admitted || unnamed) {
      server.count(TrafficVisitor.Connection.ACCEPTED);
      loop.add(this);
    } else {
      close(TrafficVisitor.Connection.REFUSED);
    }
  }

  /** The socket is closed, by whomever. */
  void closed() {
    if (closed) {
      return;
    }
    closed = true;
    release();
    loop.remove(this);
    if (admitted) {
      server.leave(address);
    }
    server.gone(loop);
  }

  /**
   * Takes what came.
   *
   * @param octets the caller's before and after
   */
  void received(ByteBuf octets) {
    if (ending || closed) {
      return;
    }
    ByteBuf before = pending;
    if (before != null) {
      before.discardReadBytes().writeBytes(octets);
      serve(before);
    } else {
      serve(octets);
      if (octets.isReadable() && !closed) {
        pending = loop.allocator.directBuffer(octets.readableBytes()).writeBytes(octets);
      }
    }
  }

  /** A client that has sent its last query still reads: everything is answered, then it ends. */
  void receivedEnd() {
    if (!ending) {
      ending = true;
      if (!stalled) {
        socket.finish();
      }
    }
  }

  /** There is room for replies again. */
  void drained() {
    ByteBuf waiting = pending;
    if (!stalled || closed) {
      return;
    }
    stalled = false;
    socket.resume();
    if (waiting != null) {
      serve(waiting);
    }
    if (ending && !stalled) {
      socket.finish();
    }
  }

  /** A reset or the like ends the connection, and so does a fault of ours. */
  void failed(Throwable cause) {
    if (!(cause instanceof IOException)) {
      loop.fault(tally.fault(), cause);
    }
    close();
  }

  /** Answers the whole queries among some octets, as long as the client reads. */
  private void serve(ByteBuf octets) {
    loop.replies.clear();
    if (unnamed && !takeName(octets)) {
      return;
    }
    boolean alive = answerAll(octets);
    flush();
    if (closed) {
      return;
    }
    if (!alive) {
      ending = true;
      octets.skipBytes(octets.readableBytes());
      socket.finish();
    }
    if (!octets.isReadable()) {
      release();
    }
  }

  /** Answers queries; false when what came is none, or gets silence. */
  private boolean answerAll(ByteBuf octets) {
    boolean found = false;
    boolean alive = true;
    while (alive && octets.readableBytes() >= LENGTH) {
      int length = octets.getUnsignedShort(octets.readerIndex());
      if (length > LONGEST) {
        tally.count(0, loop.responder);
        alive = false;
      } else if (octets.readableBytes() < LENGTH + length || isStalled()) {
        break;
      } else {
        octets.skipBytes(LENGTH).readBytes(loop.in, 0, length);
        found = true;
        alive = answer(length);
      }
    }
    if (found) {
      lastQuery = System.nanoTime();
      asked = true;
      loop.active(this);
    }
    return alive;
  }

  /** Whether too many replies are unread, or will never be. */
  private boolean isStalled() {
    if (loop.replies.readableBytes() < TcpLoop.AT_ONCE
        && !socket.full(loop.replies.readableBytes())) {
      return false;
    }
    flush();
    if (!closed && !stalled && socket.full(0)) {
      stalled = true;
      stalledSince = System.nanoTime();
      socket.pause();
    }
    return closed || stalled;
  }

  private void flush() {
    if (loop.replies.isReadable()) {
      socket.send(loop.replies);
      loop.replies.clear();
    }
  }

  private void release() {
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  /** Takes the PROXY header off; false while it has not come, or when nothing is to follow it. */
  private boolean takeName(ByteBuf octets) {
    int length = Math.min(octets.readableBytes(), ProxyHeader.LONGEST);
    octets.getBytes(octets.readerIndex(), loop.in, 0, length);
    int header = loop.proxy.readStream(loop.in, length);
    if (header == ProxyHeader.MORE) {
      return false;
    }
    unnamed = false;
    if (header == ProxyHeader.MALFORMED) {
      tally.withoutProxyHeader();
      close();
      return false;
    }
    octets.skipBytes(header);
    address = loop.proxy.client(address);
    port = loop.proxy.port(port);
    admitted = server.admit(address);
    if (!admitted) {
      close(TrafficVisitor.Connection.REFUSED);
    }
    return admitted;
  }

  /** Answers the query in the loop's buffer; false when it gets silence. */
  private boolean answer(int length) {
    try {
      address.fill(loop.client);
      loop.client.port = port;
      loop.tap.begin();
      if (loop.tap.isOn()) {
        tellLocal();
      }
      loop.client.idle = server.idleTold();
      loop.client.now = loop.clock.getAsLong();
      int answer =
          loop.responder.respond(loop.in, length, loop.client, loop.gallery.current(), loop.out);
      tally.count(answer, loop.responder);
      loop.tap.answered(loop.in, length, loop.client, loop.responder, loop.out, answer);
      if (answer == 0) {
        return false;
      }
      loop.replies.writeShort(answer).writeBytes(loop.out, 0, answer);
      return true;
    } catch (RuntimeException | Error e) {
      loop.fault(tally.fault(), e);
      return false;
    }
  }

  private void tellLocal() {
    if (local == null) {
      InetSocketAddress here = socket.localAddress();
      local = here == null ? ClientAddress.NONE : ClientAddress.of(here.getAddress());
      localPort = here == null ? 0 : here.getPort();
    }
    loop.client.server = local;
    loop.client.serverPort = localPort;
  }
}
