package dev.azimuth.resolver;

/**
 * Judges the cookie of a query and makes the one for its response, by the algorithm that servers
 * share (RFC 9018 section 4). A cursor that a worker owns; allocates nothing.
 *
 * <pre>
 *   0  client cookie
 *   8  version 1, three octets 0
 *  12  time it was made, in seconds since the Unix epoch, modulo 2^32
 *  16  in the option: SipHash-2-4 of what stands before and the client's address
 * </pre>
 */
final class ServerCookie {
  /** A client cookie alone, in octets. */
  static final int CLIENT = 8;

  /** The data of the option with a server cookie as we make them, in octets. */
  static final int WHOLE = 24;

  /** The shortest and the longest data with a server cookie of anybody (RFC 7873 section 4). */
  static final int SHORTEST = 16;

  static final int LONGEST = 40;

  private static final int MADE = 12;
  private static final int HASH = 16;
  private static final int VERSION_1 = 0x01000000;

  /** How long a cookie is good, how far another server's clock may be ahead, in seconds. */
  private static final int GOOD = 3600;

  private static final int AHEAD = 300;

  /** From what age on a new one is made, in seconds. */
  private static final int RENEW = 1800;

  /** What is hashed. */
  private final byte[] message = new byte[HASH + 16];

  private long hash;

  /** Whether data of a cookie option has a legal length (RFC 7873 section 5.2.2). */
  static boolean legal(int octets) {
    return octets == CLIENT || (octets >= SHORTEST && octets <= LONGEST);
  }

  /**
   * Judges a cookie, and makes the one that {@link #write} gives.
   *
   * @param at where the data of the option begins in the packet
   * @param octets of it, a legal length
   * @param secrets not off
   * @return whether it has a server cookie that is good for this client now
   */
  boolean judge(byte[] in, int at, int octets, Client client, CookieSecrets secrets) {
    int length = address(client);
    System.arraycopy(in, at, message, 0, CLIENT);
    int now = (int) (client.now / 1000);
    boolean good = false;
    boolean keep = false;
    if (octets == WHOLE && in[at + CLIENT] == VERSION_1 >> 24) {
      System.arraycopy(in, at + CLIENT, message, CLIENT, HASH - CLIENT);
      hash = SipHash.word(in, at + HASH);
      int age = now - Wire.i32(message, MADE);
      int secret = age <= GOOD && age >= -AHEAD ? secrets.find(hash, message, length) : -1;
      good = secret >= 0;
      keep = secret == 0 && age < RENEW && Wire.i32(message, CLIENT) == VERSION_1;
    }
    if (!keep) {
      Wire.put32(message, CLIENT, VERSION_1);
      Wire.put32(message, MADE, now);
      hash = secrets.hash(message, length);
    }
    return good;
  }

  /** Writes the option's data for the response, {@link #WHOLE} octets. */
  void write(byte[] out, int at) {
    System.arraycopy(message, 0, out, at, HASH);
    SipHash.putWord(out, at + HASH, hash);
  }

  /** Puts the client's address where it is hashed; returns where it ends. */
  private int address(Client client) {
    if (client.v4) {
      Wire.put32(message, HASH, (int) client.low);
      return HASH + 4;
    }
    Wire.put32(message, HASH, (int) (client.high >> 32));
    Wire.put32(message, HASH + 4, (int) client.high);
    Wire.put32(message, HASH + 8, (int) (client.low >> 32));
    Wire.put32(message, HASH + 12, (int) client.low);
    return HASH + 16;
  }
}
