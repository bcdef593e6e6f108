package dev.azimuth.bench;

import java.util.Random;

/** A million IPv4 clients, the same in every run. */
final class Clients {
  /** A power of two. */
  static final int COUNT = 1 << 20;

  private static final int PREFIXES = 100_000;

  private Clients() {}

  /**
   * @param zipf whether they are of 100,000 prefixes, some far more common than others; else each
   *     address is as likely as any
   */
  static int[] addresses(boolean zipf) {
    Random random = new Random(2);
    int[] common = random.ints(PREFIXES, 1 << 24, 0xe0 << 22).map(i -> i << 2).toArray();
    int[] addresses = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      // Rank by the inverse of a Zipf distribution with exponent 1.
      int rank = (int) Math.pow(PREFIXES, random.nextDouble()) - 1;
      addresses[i] =
          zipf ? common[rank] ^ random.nextInt(256) : random.nextInt(1 << 24, 0xe0 << 22) << 2;
    }
    return addresses;
  }
}
