package dev.azimuth.steering;

/**
 * What makes the clients of one network stay with one choice. Pure; allocates nothing.
 *
 * @param key from {@link Salt#key}, of the choice
 */
record Sticky(long key, StickyPrefix prefix) {
  /** The bucket that a client falls into, 0 to {@link Buckets#COUNT} − 1. */
  int bucket(Client client) {
    return Buckets.of(key, client.v4, client.high, client.low, prefix);
  }

  /**
   * The scope of an answer that depends on the bucket and perhaps on more.
   *
   * @param scope as far as it is known
   */
  int scope(Client client, int scope) {
    return client.subnet
        ? Math.max(scope, client.scope(client.apart(client.v4 ? prefix.v4() : prefix.v6())))
        : scope;
  }
}
