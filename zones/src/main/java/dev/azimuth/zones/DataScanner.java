package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import java.util.Arrays;

/**
 * Scans the data of the types that zones are made of, in their plain form and without garbage.
 * Whatever is not plain (escapes, odd spellings, errors, other types) is left to dnsjava, which is
 * the one judge of what is right: for what is scanned here it gives the same octets.
 */
final class DataScanner {
  private static final int LONGEST = 0xffff;
  private static final int LONGEST_TEXT = 255;
  private static final int GROUPS = 8;

  /** The data scanned last. */
  final byte[] octets = new byte[LONGEST];

  private final byte[] name = new byte[LookupName.MAX_OCTETS];
  private int length;

  /**
   * Scans the tokens of an entry from {@code first} to its end.
   *
   * @param origin in wire form; completes relative names
   * @return how many of {@link #octets} the data take; -1 when dnsjava has to look at them
   */
  int scan(int type, EntryScanner entry, int first, byte[] origin) {
    length = 0;
    int tokens = entry.count() - first;
    boolean plain =
        switch (type) {
          case Types.A -> tokens == 1 && v4(entry, first);
          case Types.AAAA -> tokens == 1 && v6(entry, first);
          case Types.NS, Types.CNAME, Types.PTR, Types.DNAME ->
              tokens == 1 && name(entry, first, origin);
          case Types.MX -> tokens == 2 && number(entry, first) && name(entry, first + 1, origin);
          case Types.SRV ->
              tokens == 4
                  && number(entry, first)
                  && number(entry, first + 1)
                  && number(entry, first + 2)
                  && name(entry, first + 3, origin);
          case Types.TXT -> tokens > 0 && texts(entry, first);
          default -> false;
        };
    return plain ? length : -1;
  }

  private boolean v4(EntryScanner entry, int token) {
    char[] text = entry.text();
    int at = entry.from(token);
    int to = entry.to(token);
    for (int part = 0; part < 4; part++) {
      int value = 0;
      int start = at;
      while (at < to && text[at] >= '0' && text[at] <= '9' && at - start < 3) {
        value = 10 * value + text[at++] - '0';
      }
      boolean padded = at - start > 1 && text[start] == '0';
      if (at == start || padded || value > 255 || (part < 3 && (at == to || text[at++] != '.'))) {
        return false;
      }
      octets[length++] = (byte) value;
    }
    return at == to;
  }

  /** RFC 4291 section 2.2, without an IPv4 part. */
  private boolean v6(EntryScanner entry, int token) {
    char[] text = entry.text();
    int at = entry.from(token);
    int to = entry.to(token);
    int groups = 0;
    int gap = -1;
    if (at + 1 < to && text[at] == ':' && text[at + 1] == ':') {
      gap = 0;
      at += 2;
    }
    while (at < to && groups < GROUPS) {
      int value = 0;
      int start = at;
      while (at < to && at - start < 4 && Character.digit(text[at], 16) >= 0 && text[at] < 128) {
        value = value << 4 | Character.digit(text[at++], 16);
      }
      if (at == start) {
        return false;
      }
      short16(value);
      groups++;
      if (at < to) {
        if (text[at++] != ':' || at == to) {
          return false;
        }
        if (text[at] == ':') {
          if (gap >= 0) {
            return false;
          }
          gap = groups;
          at++;
        }
      }
    }
    return at == to && (gap < 0 ? groups == GROUPS : groups < GROUPS - 1 && spread(gap, groups));
  }

  /** Moves the groups behind the gap to the end and fills it with zeros. */
  private boolean spread(int gap, int groups) {
    int missing = 2 * (GROUPS - groups);
    System.arraycopy(octets, 2 * gap, octets, 2 * gap + missing, 2 * (groups - gap));
    Arrays.fill(octets, 2 * gap, 2 * gap + missing, (byte) 0);
    length = 2 * GROUPS;
    return true;
  }

  private boolean number(EntryScanner entry, int token) {
    char[] text = entry.text();
    int value = 0;
    int from = entry.from(token);
    int to = entry.to(token);
    for (int i = from; i < to; i++) {
      if (text[i] < '0' || text[i] > '9' || to - from > 5) {
        return false;
      }
      value = 10 * value + text[i] - '0';
    }
    short16(value);
    return value <= 0xffff;
  }

  private boolean name(EntryScanner entry, int token, byte[] origin) {
    char[] text = entry.text();
    for (int i = entry.from(token); i < entry.to(token); i++) {
      if (text[i] == '\\' || text[i] == '"' || text[i] > '~') {
        return false;
      }
    }
    try {
      int size = NameText.parse(text, entry.from(token), entry.to(token), origin, name);
      System.arraycopy(name, 0, octets, length, size);
      length += size;
      return true;
    } catch (BadName e) {
      return false;
    }
  }

  private boolean texts(EntryScanner entry, int first) {
    char[] text = entry.text();
    for (int token = first; token < entry.count(); token++) {
      int from = entry.from(token);
      int to = entry.to(token);
      if (text[from] == '"') {
        from++;
        to--;
      }
      int size = to - from;
      if (size < 0 || size > LONGEST_TEXT || length + 1 + size > LONGEST) {
        return false;
      }
      octets[length++] = (byte) size;
      for (int i = from; i < to; i++) {
        if (text[i] == '\\' || text[i] == '"' || text[i] > '~' || text[i] < ' ') {
          return false;
        }
        octets[length++] = (byte) text[i];
      }
    }
    return true;
  }

  private void short16(int value) {
    octets[length++] = (byte) (value >> Byte.SIZE);
    octets[length++] = (byte) value;
  }
}
