package dev.azimuth.app.querylog;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where octets of the query log go, once it is open. For one thread, which an interrupt frees. */
interface Sink extends AutoCloseable {

  /**
   * Writes everything.
   *
   * @throws IOException when it is broken, or has taken nothing for too long
   */
  void write(ByteBuffer octets) throws IOException;

  /** Whether it leads nowhere any more, so that it should be closed and opened anew. */
  boolean stale();

  @Override
  void close() throws IOException;

  /** Opens a sink. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it anew.
     *
     * @throws IOException when it cannot be had now
     */
    Sink open() throws IOException;
  }
}
