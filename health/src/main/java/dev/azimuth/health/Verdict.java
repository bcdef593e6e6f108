package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;

/**
 * What a probe has found out.
 *
 * @param detail as in {@link ProbeResult}
 * @param weight as in {@link ProbeResult}
 */
record Verdict(Code code, String detail, int weight) {

  static Verdict of(Code code, String detail) {
    return new Verdict(code, detail, ProbeResult.NOT_SAID);
  }

  static Verdict inconclusive(Throwable cause) {
    return of(Code.INCONCLUSIVE, Details.of(cause));
  }

  /** With more to say. */
  Verdict and(String more) {
    String both = detail.isEmpty() ? more : detail + ", " + more;
    return new Verdict(code, Details.printable(both), weight);
  }
}
