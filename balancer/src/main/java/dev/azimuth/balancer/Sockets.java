package dev.azimuth.balancer;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where sockets that listen come from. They outlive what listens on them, and perhaps the process.
 */
public interface Sockets {
  /**
   * A TCP socket that listens.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the address cannot be had
   */
  Port open(Listen listen) throws IOException;

  /**
   * A UDP socket that is bound.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when the address cannot be had
   */
  Datagrams.Bound bind(Listen listen) throws IOException;

  /** What moves datagrams between such sockets, for one loop. */
  Datagrams datagrams();

  /**
   * A pipe between sockets of TCP, for one loop.
   *
   * @return owned by the caller, who closes it
   * @throws IOException when none can be had
   */
  Pipe pipe() throws IOException;

  /** A socket of TCP. */
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
