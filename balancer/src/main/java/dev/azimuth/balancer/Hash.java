package dev.azimuth.balancer;

/** Spreads numbers. Pure. */
final class Hash {
  private Hash() {}

  /**
   * Each bit of a number changes half of the result's (Stafford's mix 13); distinct for distinct
   * ones.
   */
  static long mixed(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
