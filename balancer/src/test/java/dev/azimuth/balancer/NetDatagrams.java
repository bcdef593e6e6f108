package dev.azimuth.balancer;

import dev.azimuth.net.Correspondent;
import dev.azimuth.net.UdpExchange;
import dev.azimuth.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Datagrams by system calls. */
class NetDatagrams implements Datagrams {
  private final UdpExchange exchange = new UdpExchange();
  private final Correspondent peer = new Correspondent();

  /** One socket. */
  static class NetSocket implements Bound {
    private final UdpSocket socket;

    NetSocket(UdpSocket socket) {
      this.socket = socket;
    }

    UdpSocket socket() {
      return socket;
    }

    @Override
    public int descriptor() {
      return socket.descriptor();
    }

    @Override
    public InetSocketAddress localAddress() {
      return socket.localAddress();
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @Override
  public Socket connect(InetSocketAddress to, @Nullable InetAddress from) throws IOException {
    return new NetSocket(exchange.connect(to, from));
  }

  private static UdpSocket of(Socket socket) {
    return ((NetSocket) socket).socket;
  }

  @Override
  public int receive(Socket from) throws IOException {
    return told(exchange.receive(of(from)));
  }

  @Override
  public int length(int index) {
    return exchange.length(index);
  }

  @Override
  public void tuple(int index, Tuple into) {
    exchange.sender(index, peer);
    into.v4 = peer.v4;
    into.high = peer.high;
    into.low = peer.low;
    into.port = peer.port;
    into.scope = peer.scope;
    into.localKnown = peer.askedKnown;
    into.localHigh = peer.askedHigh;
    into.localLow = peer.askedLow;
  }

  @Override
  public int pass(int first, int end, Socket over) throws IOException {
    return told(exchange.pass(first, end, of(over)));
  }

  @Override
  public int pass(int first, int end, Bound over, Tuple to) throws IOException {
    peer.v4 = to.v4;
    peer.high = to.high;
    peer.low = to.low;
    peer.port = to.port;
    peer.scope = to.scope;
    peer.askedKnown = to.localKnown;
    peer.askedHigh = to.localHigh;
    peer.askedLow = to.localLow;
    return told(exchange.pass(first, end, of(over), peer));
  }

  private static int told(int count) {
    return count == UdpExchange.UNREACHABLE ? UNREACHABLE : count;
  }
}
