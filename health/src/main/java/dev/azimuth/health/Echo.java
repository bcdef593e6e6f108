package dev.azimuth.health;

import java.io.IOException;
import java.net.InetAddress;

/** Asks machines whether they are there, by ICMP echo. Safe for use by any number of threads. */
public interface Echo {
  /** For where there is no ICMP. */
  Echo NONE =
      (to, answered) -> {
        throw new IOException("ICMP is not to be had here");
      };

  /**
   * Asks once.
   *
   * @param answered run when an answer comes, at most once, on any thread
   * @return to be closed when the answer does not matter any more
   * @throws java.net.NoRouteToHostException when there is no way to the machine
   * @throws IOException when nothing can be sent, which says nothing of the machine
   */
  Question ask(InetAddress to, Runnable answered) throws IOException;

  /** A question that may still be answered. */
  interface Question extends AutoCloseable {
    /**
     * Asks the same again, in case the first question was lost.
     *
     * @throws IOException as at first
     */
    void again() throws IOException;

    /** Forgets it. */
    @Override
    void close();
  }
}
