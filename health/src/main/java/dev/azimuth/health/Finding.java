package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;

/**
 * What a probe has found out.
 *
 * @param detail as in {@link ProbeResult}
 * @param weight as in {@link ProbeResult}
 */
record Finding(Code code, String detail, int weight) {

  static Finding of(Code code, String detail) {
    return new Finding(code, detail, ProbeResult.NOT_SAID);
  }

  static Finding inconclusive(Throwable cause) {
    return of(Code.INCONCLUSIVE, Details.of(cause));
  }

  /** With more to say. */
  Finding and(String more) {
    String both = detail.isEmpty() ? more : detail + ", " + more;
    return new Finding(code, Details.printable(both), weight);
  }
}
