package dev.azimuth.net;

/** How datagrams get in and out of the process. */
public enum Transport {
  /** {@link #NATIVE} where it can be had, else {@link #NIO}. */
  AUTO,

  /**
   * {@code recvmmsg} and {@code sendmmsg}: Linux on x86-64 or aarch64, where the JVM was started
   * with native access enabled.
   */
  NATIVE,

  /** The JDK's channels, everywhere. One system call a datagram. */
  NIO
}
