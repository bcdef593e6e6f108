package dev.azimuth.app.node;

import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Sockets;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.StreamPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The listening sockets of balancers: opened by our own calls, or had from the process before, and
 * given to the one after. Safe for use by several threads.
 */
final class BalancerPorts implements Sockets {
  /** See the balancer: what one side may make the kernel hold. */
  private static final int RECEIVE_BUFFER = 256 * 1024;

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

  @Override
  public synchronized Port open(Listen listen) throws IOException {
    Open port = new Open(listen, socket(listen));
    open.add(port);
    return port;
  }

  private StreamPort socket(Listen listen) throws IOException {
    for (Handed each : handed) {
      if (each.listen().equals(listen)) {
        handed.remove(each);
        return StreamPort.adopt(each.socket());
      }
    }
    return StreamPort.open(listen.at(), RECEIVE_BUFFER);
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
        all.add(new Handed(each.listen, each.socket.duplicate()));
      }
      return all;
    } catch (IOException e) {
      all.forEach(Handed::close);
      throw e;
    }
  }

  private synchronized void closed(Open port) {
    open.remove(port);
  }

  /** One of them. */
  private final class Open implements Port {
    private final Listen listen;
    private final StreamPort socket;

    Open(Listen listen, StreamPort socket) {
      this.listen = listen;
      this.socket = socket;
    }

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
      closed(this);
      socket.close();
    }
  }
}
