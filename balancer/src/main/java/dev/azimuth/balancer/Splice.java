package dev.azimuth.balancer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one pipe of a loop, by which its bare sockets pass on what need not be looked at. It is empty
 * whenever anybody else's turn is: what a socket does not take is copied out of it at once, so that
 * neither pipes nor their descriptors are held by connections. Belongs to a loop.
 */
final class Splice {
  /** Where pipes come from. */
  interface Source {
    /**
     * @throws IOException when none can be had now
     */
    Pipe open() throws IOException;
  }

  /** Null when there is none, or none is of use. */
  private @Nullable Source source;

  private @Nullable Pipe pipe;

  /**
   * Has no pipe before it is asked to {@link #mend}.
   *
   * @param source null for none
   */
  Splice(@Nullable Source source) {
    this.source = source;
  }

  /** Opens a pipe where one is missing, if it can be had. */
  void mend() {
    if (pipe == null && source != null) {
      try {
        pipe = source.open();
      } catch (IOException e) {
        // What could have been spliced is copied.
      }
    }
  }

  /**
   * Takes octets out of a socket, which are to be passed on at once, then {@link #clear}.
   *
   * @return the pipe that they are in; null when there are none, or none can be passed this way
   * @throws IOException when the socket has failed
   */
  @Nullable Pipe fill(int socket, int most) throws IOException {
    Pipe its = pipe;
    if (its == null) {
      return null;
    }
    int moved = its.fill(socket, most);
    if (moved == Pipe.UNABLE) {
      source = null; // it never will
      close();
    }
    return moved > 0 ? its : null;
  }

  /** Makes sure that nothing is left in the pipe. */
  void clear() {
    if (pipe != null && pipe.held() > 0) {
      close();
      mend();
    }
  }

  void close() {
    if (pipe != null) {
      pipe.close();
      pipe = null;
    }
  }
}
