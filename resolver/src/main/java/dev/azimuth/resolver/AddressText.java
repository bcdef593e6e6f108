package dev.azimuth.resolver;

/**
 * Reads addresses in text: IPv4 in dotted decimal, IPv6 in any form of RFC 4291 section 2.2. A
 * cursor; total, and allocates nothing.
 */
final class AddressText {
  private static final int GROUPS = 8;

  /** The upper half of the last IPv6 address; 0 for IPv4. */
  long high;

  /** The lower half of the last IPv6 address, or the IPv4 address. */
  long low;

  private final int[] groups = new int[GROUPS];

  /** Reads {@code in} from an octet to before another; false when that is no IPv4 address. */
  boolean v4(byte[] in, int from, int end) {
    high = 0;
    low = 0;
    int at = from;
    for (int part = 0; part < 4; part++) {
      int start = at;
      int value = 0;
      for (; at < end && at - start < 3 && in[at] >= '0' && in[at] <= '9'; at++) {
        value = value * 10 + in[at] - '0';
      }
      boolean zeroFirst = at - start > 1 && in[start] == '0';
      if (at == start || value > 255 || zeroFirst) {
        return false;
      }
      low = low << 8 | value;
      if (part < 3 && (at == end || in[at++] != '.')) {
        return false;
      }
    }
    return at == end;
  }

  /** Reads {@code in} from an octet to before another; false when that is no IPv6 address. */
  boolean v6(byte[] in, int from, int end) {
    int count = 0;
    int gap = -1;
    int at = from;
    if (end - from >= 2 && in[at] == ':' && in[at + 1] == ':') {
      gap = 0;
      at += 2;
    }
    while (at < end) {
      if (count == GROUPS) {
        return false;
      }
      int start = at;
      int value = 0;
      for (; at < end && at - start < 4 && digit(in[at]) >= 0; at++) {
        value = value << 4 | digit(in[at]);
      }
      if (at < end && in[at] == '.') {
        return count <= GROUPS - 2 && v4(in, start, end) && join(embedded(count), gap);
      }
      if (at == start) {
        return false;
      }
      groups[count++] = value;
      if (at == end) {
        break;
      }
      if (in[at++] != ':' || at == end) {
        return false;
      }
      if (in[at] == ':') {
        if (gap >= 0) {
          return false;
        }
        gap = count;
        at++;
      }
    }
    return join(count, gap);
  }

  /** Takes the IPv4 address just read as the last two groups; returns how many there are then. */
  private int embedded(int count) {
    groups[count] = (int) (low >>> 16);
    groups[count + 1] = (int) low & 0xFFFF;
    return count + 2;
  }

  /**
   * Makes the address of its groups.
   *
   * @param gap before which group the zeros stand that are left out; -1 for none
   */
  private boolean join(int count, int gap) {
    if (gap < 0 ? count != GROUPS : count == GROUPS) {
      return false;
    }
    int zeros = GROUPS - count;
    high = 0;
    low = 0;
    for (int i = 0; i < GROUPS; i++) {
      boolean before = gap < 0 || i < gap;
      int group = before ? groups[i] : i < gap + zeros ? 0 : groups[i - zeros];
      if (i < GROUPS / 2) {
        high = high << 16 | group;
      } else {
        low = low << 16 | group;
      }
    }
    return true;
  }

  private static int digit(byte octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    int lower = octet | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
