package dev.azimuth.balancer;

import dev.azimuth.net.SocketPipe;
import dev.azimuth.net.UdpSocket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One UDP socket, of which everybody who asks gets a descriptor, as two processes would. */
final class SharedUdp implements Sockets, AutoCloseable {
  private @Nullable UdpSocket socket;

  @Override
  public Port open(Listen listen) {
    throw new UnsupportedOperationException("TCP");
  }

  @Override
  public Datagrams.Bound bind(Listen listen) throws IOException {
    if (socket == null) {
      socket = UdpSocket.bind(listen.at(), 1 << 20);
    }
    return new NetDatagrams.NetSocket(UdpSocket.adopt(socket.duplicate()));
  }

  @Override
  public Datagrams datagrams() {
    return new NetDatagrams();
  }

  @Override
  public Pipe pipe() throws IOException {
    return new NetPipe(SocketPipe.open());
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
