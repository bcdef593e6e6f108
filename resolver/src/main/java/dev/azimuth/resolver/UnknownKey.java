package dev.azimuth.resolver;

/**
 * The TSIG record that says that the key of a query is not known here: unsigned, with the error
 * BADKEY (RFC 8945 sections 5.2.1 and 5.3.2). Everything else is as the client wrote it.
 */
final class UnknownKey {
  private static final int BADKEY = 17;

  /** TIME SIGNED and FUDGE. */
  private static final int TIME = 8;

  /** What follows them: MAC SIZE, ORIGINAL ID, ERROR, OTHER LEN. */
  private static final int REST = 8;

  private UnknownKey() {}

  /**
   * Writes it behind a response that begins with the question as the query has it.
   *
   * @param in the packet that {@code query}, which is signed, was read from
   * @param most where the response ends at the latest
   * @return where it ends; {@code at} when it has no room, or when its names go on in a part of the
   *     query that the response has not
   */
  static int write(byte[] in, Query query, byte[] out, int at, int most) {
    int data = query.signedFixed + Wire.FIXED;
    int time = QueryReader.afterName(in, data, in.length);
    int owner = query.signedFixed - query.signedAt;
    int algorithm = time - data;
    if (at + owner + Wire.FIXED + algorithm + TIME + REST > most
        || !stands(in, query.signedAt, query.questionEnd)
        || !stands(in, data, query.questionEnd)) {
      return at;
    }
    int fixed = at + owner;
    System.arraycopy(in, query.signedAt, out, at, owner + Wire.FIXED - 2);
    Wire.put16(out, fixed + Wire.FIXED - 2, algorithm + TIME + REST);
    System.arraycopy(in, data, out, fixed + Wire.FIXED, algorithm + TIME);
    int rest = fixed + Wire.FIXED + algorithm + TIME;
    int id = time + TIME + 2 + Wire.u16(in, time + TIME);
    Wire.put16(out, rest, 0);
    Wire.put16(out, rest + 2, Wire.u16(in, id));
    Wire.put16(out, rest + 4, BADKEY);
    Wire.put16(out, rest + 6, 0);
    return rest + REST;
  }

  /** Whether a well-formed name is written out, or goes on in the question. */
  private static boolean stands(byte[] in, int name, int questionEnd) {
    int at = name;
    while (in[at] != 0) {
      if ((in[at] & 0xC0) != 0) {
        return (Wire.u16(in, at) & ~Wire.POINTER) < questionEnd;
      }
      at += 1 + in[at];
    }
    return true;
  }
}
