package dev.azimuth.balancer;

/** What a backend did wrong. */
public enum Failure {
  /** It refused to connect, or the network said that it cannot be reached. */
  REFUSED,
  /** It did not connect in time. */
  TIMED_OUT,
  /** It broke off before its first octet. */
  RESET,
  /** Its TLS could not be had, or its certificate is not good. */
  TLS
}
