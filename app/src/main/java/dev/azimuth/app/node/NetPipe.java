package dev.azimuth.app.node;

import dev.azimuth.balancer.Pipe;
import dev.azimuth.net.SocketPipe;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A pipe between sockets of balancers by our own calls. For one thread. */
record NetPipe(SocketPipe pipe) implements Pipe {
  @Override
  public int held() {
    return pipe.held();
  }

  @Override
  public int fill(int socket, int most) throws IOException {
    int moved = pipe.fill(socket, most);
    return moved == SocketPipe.UNABLE ? UNABLE : moved;
  }

  @Override
  public int drain(int socket) throws IOException {
    return pipe.drain(socket);
  }

  @Override
  public void empty(ByteBuffer into) throws IOException {
    pipe.empty(into);
  }

  @Override
  public void close() {
    pipe.close();
  }
}
