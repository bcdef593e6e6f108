package dev.azimuth.app.node;

import dev.azimuth.balancer.Datagrams;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Pipe;
import dev.azimuth.balancer.Sockets;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.SocketPipe;
import dev.azimuth.net.StreamPort;
import dev.azimuth.net.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets of balancers: opened by our own calls, or had from the process before, and
 * given to the one after. Safe for use by several threads.
 */
final class BalancerPorts implements Sockets {
  /** See the balancer: what one side may make the kernel hold. */
  private static final int RECEIVE_BUFFER = 256 * 1024;

  /** Wanted for all datagrams that come to one address; the kernel may give less. */
  private static final int RECEIVE_BUFFER_UDP = 4 << 20;

  private final List<Handed> handed;
  private final List<Open> open = new ArrayList<>();

  /**
   * A socket on its way from one process to another.
   *
   * @param listen as the first process was asked for it, perhaps with port 0
   */
  record Handed(Listen listen, Descriptor socket) implements AutoCloseable {
    @Override
    public void close() {
      socket.close();
    }
  }

  /**
   * @param handed by the process before; what nobody asks for stays the caller's to close
   */
  BalancerPorts(List<Handed> handed) {
    this.handed = new ArrayList<>(handed);
  }

  /** An open socket, of either protocol. */
  private record Open(Listen listen, Duplicated socket) {}

  /** Something of which there can be a second descriptor. */
  private interface Duplicated {
    Descriptor duplicate() throws IOException;
  }

  @Override
  public synchronized Port open(Listen listen) throws IOException {
    Descriptor there = handed(listen);
    StreamPort socket =
        there != null
            ? StreamPort.adopt(there)
            : StreamPort.open(listen.at(), false, RECEIVE_BUFFER);
    return new StreamSocket(socket, closing(new Open(listen, socket::duplicate)));
  }

  @Override
  public synchronized Datagrams.Bound bind(Listen listen) throws IOException {
    Descriptor there = handed(listen);
    UdpSocket socket =
        there != null ? UdpSocket.adopt(there) : UdpSocket.bind(listen.at(), RECEIVE_BUFFER_UDP);
    return new NetDatagrams.NetSocket(socket, closing(new Open(listen, socket::duplicate)));
  }

  @Override
  public Datagrams datagrams() {
    return new NetDatagrams();
  }

  @Override
  public Pipe pipe() throws IOException {
    return new NetPipe(SocketPipe.open());
  }

  /** What the process before gave and nobody has asked for is not there any more. */
  synchronized void forgetHanded() {
    handed.clear();
  }

  private @Nullable Descriptor handed(Listen listen) {
    for (Handed each : handed) {
      if (each.listen().equals(listen)) {
        handed.remove(each);
        return each.socket();
      }
    }
    return null;
  }

  /** Remembers a socket, and gives what has to be done when it is closed. */
  private Runnable closing(Open socket) {
    open.add(socket);
    return () -> closed(socket);
  }

  /**
   * Second descriptors of all that are open.
   *
   * @return owned by the caller, who closes them
   */
  synchronized List<Handed> handOver() throws IOException {
    List<Handed> all = new ArrayList<>();
    try {
      for (Open each : open) {
        all.add(new Handed(each.listen(), each.socket().duplicate()));
      }
      return all;
    } catch (IOException e) {
      all.forEach(Handed::close);
      throw e;
    }
  }

  private synchronized void closed(Open socket) {
    open.remove(socket);
  }

  /**
   * One of TCP.
   *
   * @param closed run before it is closed
   */
  private record StreamSocket(StreamPort socket, Runnable closed) implements Port {
    @Override
    public InetSocketAddress localAddress() {
      return socket.localAddress();
    }

    @Override
    public int duplicate() throws IOException {
      return socket.duplicate().release();
    }

    @Override
    public void close() {
      closed.run();
      socket.close();
    }
  }
}
