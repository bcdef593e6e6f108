package dev.azimuth.balancer;

import dev.azimuth.net.SocketPipe;
import dev.azimuth.net.StreamPort;
import dev.azimuth.net.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Sockets by system calls. */
final class NetSockets implements Sockets {
  @Override
  public Datagrams.Bound bind(Listen listen) throws IOException {
    return new NetDatagrams.NetSocket(UdpSocket.bind(listen.at(), 1 << 20));
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
  public Port open(Listen listen) throws IOException {
    StreamPort port = StreamPort.open(listen.at(), false, 256 * 1024);
    return new Port() {
      @Override
      public InetSocketAddress localAddress() {
        return port.localAddress();
      }

      @Override
      public int duplicate() throws IOException {
        return port.duplicate().release();
      }

      @Override
      public void close() {
        port.close();
      }
    };
  }
}
