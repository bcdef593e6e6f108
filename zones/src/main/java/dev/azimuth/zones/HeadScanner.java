package dev.azimuth.zones;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;

/** Scans what stands between the owner of an entry and its data. */
final class HeadScanner {
  /** RFC 2181 section 8. */
  private static final long GREATEST_TTL = Integer.MAX_VALUE;

  private final Problems problems;
  private final Mnemonics mnemonics = new Mnemonics();

  /**
   * @param data the number of the first token of the data
   */
  record Head(int type, int ttl, int data) {}

  HeadScanner(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reads TTL and class, in either order, and the type.
   *
   * @param from the number of the first token behind the owner
   * @param inForce the TTL where none is written
   * @return null, with a problem, when something is wrong
   */
  @Nullable Head scan(EntryScanner entry, int from, int inForce) {
    long ttl = -1;
    boolean classed = false;
    int at = from;
    char[] text = entry.text();
    for (; at < entry.count(); at++) {
      char first = text[entry.from(at)];
      if (ttl < 0 && first >= '0' && first <= '9') {
        ttl = ttl(entry, at);
        if (ttl < 0) {
          return null;
        }
        continue;
      }
      int dclass = classed ? -1 : mnemonics.dclass(text, entry.from(at), entry.to(at));
      if (dclass < 0) {
        break;
      }
      classed = true;
      if (dclass != DClass.IN) {
        problems.error("CLASS", entry.place(at), "only the class IN is served: remove the record");
        return null;
      }
    }
    if (at == entry.count()) {
      problems.error(
          "NO_TYPE", entry.place(at), "the entry ends before its type: write NAME TTL TYPE DATA");
      return null;
    }
    int type = mnemonics.type(text, entry.from(at), entry.to(at));
    if (type < 0 || Types.isMeta(type)) {
      problems.error(
          "TYPE",
          entry.place(at),
          Problems.quote(entry.token(at))
              + " is not a type of records: correct it, or write TYPE12345 \\# LENGTH HEX");
      return null;
    }
    return new Head(type, ttl >= 0 ? (int) ttl : inForce, at + 1);
  }

  /** A number of seconds, plain or such as 1h30m; -1 with a problem. */
  long ttl(EntryScanner entry, int token) {
    long ttl = RecordText.seconds(entry.text(), entry.from(token), entry.to(token));
    if (ttl < 0) {
      problems.error(
          "TTL",
          entry.place(token),
          Problems.quote(entry.token(token)) + " is not a TTL: write 1h30m or 5400");
    } else if (ttl > GREATEST_TTL) {
      problems.error(
          "TTL", entry.place(token), "a TTL is at most 2147483647 seconds (RFC 2181 section 8)");
      ttl = -1;
    }
    return ttl;
  }
}
