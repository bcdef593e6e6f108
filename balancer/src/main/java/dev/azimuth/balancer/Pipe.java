package dev.azimuth.balancer;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A pipe of the system, through which octets go from one TCP socket to another without being
 * copied. None of its methods waits. Belongs to a loop: for its thread.
 */
public interface Pipe extends AutoCloseable {
  /** Instead of a count: the system does not do this. */
  int UNABLE = -1;

  /** How many octets are in it. */
  int held();

  /**
   * Takes octets out of a socket; only while the pipe is empty.
   *
   * @param socket its descriptor
   * @param most how many, at least 1
   * @return how many; 0 when none come this way now, of which only reading tells why; {@link
   *     #UNABLE}
   * @throws IOException when the socket has failed, as reading would
   */
  int fill(int socket, int most) throws IOException;

  /**
   * Gives octets that are in it to a socket, in their order.
   *
   * @param socket its descriptor
   * @return how many; 0 when it takes none now
   * @throws IOException when the socket has failed, as writing would
   */
  int drain(int socket) throws IOException;

  /**
   * Copies all that is in it.
   *
   * @param into direct, with room for that; from its position on, which is moved
   * @throws IOException when the pipe cannot be read
   */
  void empty(ByteBuffer into) throws IOException;

  /** Throws away what is in it. */
  @Override
  void close();
}
