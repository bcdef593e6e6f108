package dev.azimuth.balancer;

import java.net.NoRouteToHostException;

/** Why a backend could not be had, in a few words. Some of them may be the backend's own. */
final class Cause {
  private static final int LONGEST = 160;
  private static final int DEEPEST = 8;

  private Cause() {}

  /** Of a failure to connect: what the system says of it. */
  static String connecting(Throwable failure) {
    if (failure instanceof NoRouteToHostException) {
      return "no route to it";
    }
    String said = String.valueOf(failure.getMessage());
    return bounded(said.substring(said.lastIndexOf(": ") + 1).strip()); // less the call's name
  }

  /** Of a handshake: what its innermost reason says, without those that were made of it. */
  static String shaking(Throwable failure) {
    Throwable inner = failure;
    for (int i = 0; i < DEEPEST && inner.getCause() != null; i++) {
      inner = inner.getCause();
    }
    return bounded("TLS: " + inner.getMessage());
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
