package dev.azimuth.balancer;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where sockets that listen come from. They outlive what listens on them, and perhaps the process.
 */
public interface Sockets {
  /**
   * A socket that is bound, and listens if it is one of TCP.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the address cannot be had
   */
  Port open(Listen listen) throws IOException;

  /** A socket. */
  interface Port extends AutoCloseable {
    /** The local address and port in effect, never port 0. */
    InetSocketAddress localAddress();

    /**
     * A second descriptor of it, which does not block.
     *
     * @return owned by the caller, who closes it
     * @throws IOException when none is left
     */
    int duplicate() throws IOException;

    @Override
    void close();
  }
}
