package dev.azimuth.resolver;

import dev.azimuth.zones.LookupName;
import java.util.Arrays;

/**
 * The name that owns the next records of a response, and where each of its labels stands there:
 * that of the question first, then the target of each alias that is followed, of which the end may
 * be spelled elsewhere. One owner fills it again and again; nothing is allocated.
 */
final class CurrentName {
  private final LookupName name;

  /** Where the labels stand, while it is not the question's: that one is in one piece. */
  private final int[] places = new int[LookupName.MAX_LABELS + 1];

  private boolean asked = true;

  /**
   * Of the name that was compared last: how many octets are its own, with which label here what it
   * shares begins, and how many octets it has.
   */
  private int own;

  private int label;
  private int length;

  /** A name put together, uncompressed. */
  private final byte[] joined = new byte[LookupName.MAX_OCTETS];

  /** The last alias's target, where it stands, how many labels are its own, and what follows. */
  private final byte[] target = new byte[LookupName.MAX_OCTETS];

  private int targetAt;
  private int targetOwn;
  private int targetLabel;

  /**
   * @param name is the question's whenever {@link #asked} is called, and then kept up to date
   */
  CurrentName(LookupName name) {
    this.name = name;
  }

  /** Begins a response: the question stands behind its header. */
  void asked() {
    asked = true;
  }

  /** Where the suffix that begins with a label stands, as a pointer may point to. */
  int place(int from) {
    return asked ? Wire.HEADER + name.starts[from] : places[from];
  }

  /**
   * Finds the longest suffix that another name shares with this one, which is the root at least.
   * Letters of the other that are not in lower case are not shared.
   *
   * @param from where it begins in {@code data}, uncompressed
   */
  void compare(byte[] data, int from) {
    int end = from + Wire.nameLength(data, from);
    int at = from;
    int here = 0;
    int start = name.starts[0];
    int longer = (end - at) - (name.length - start);
    while (longer != 0 || !Arrays.equals(data, at, end, name.octets, start, name.length)) {
      if (longer >= 0) {
        at += 1 + data[at];
      }
      if (longer <= 0) {
        start = name.starts[++here];
      }
      longer = (end - at) - (name.length - start);
    }
    own = at - from;
    length = end - from;
    label = here;
  }

  /** How many octets of the name that was compared last stand before what is shared. */
  int own() {
    return own;
  }

  /** How many octets the name that was compared last has. */
  int length() {
    return length;
  }

  /** Where what is shared stands. */
  int shared() {
    return place(label);
  }

  /** Whether nothing but the root is shared. */
  boolean sharesNothing() {
    return label == name.labels;
  }

  /**
   * Puts another end to this name (RFC 6672 section 2.2).
   *
   * @param out the response
   * @param skip how many labels stay
   * @param data has the end, uncompressed, at {@code target}
   * @param length of the end; together with those labels a legal name
   * @return begins with the name, valid until the next call
   */
  byte[] substitute(byte[] out, int skip, byte[] data, int target, int length) {
    for (int i = 0; i < skip; i++) {
      int start = name.starts[i];
      System.arraycopy(out, place(i), joined, start, name.starts[i + 1] - start);
    }
    System.arraycopy(data, target, joined, name.starts[skip], length);
    return joined;
  }

  /**
   * Remembers the name that was compared last as the target of an alias.
   *
   * @param from where it begins in {@code data}, uncompressed
   * @param at where its own octets stand in the response
   */
  void alias(byte[] data, int from, int at) {
    System.arraycopy(data, from, target, 0, length);
    targetAt = at;
    targetLabel = label;
    targetOwn = 0;
    for (int octet = 0; octet < own; octet += 1 + target[octet]) {
      targetOwn++;
    }
  }

  /** Makes the target of the alias that was added last the current name. */
  void follow() {
    for (int i = targetLabel; asked && i <= name.labels; i++) {
      places[i] = Wire.HEADER + name.starts[i];
    }
    System.arraycopy(places, targetLabel, places, targetOwn, name.labels - targetLabel + 1);
    name.read(target, 0, target.length);
    for (int i = 0; i < targetOwn; i++) {
      places[i] = targetAt + name.starts[i];
    }
    asked = false;
  }
}
