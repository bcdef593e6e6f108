package dev.azimuth.zones;

import java.util.Locale;
import org.xbill.DNS.DClass;

/**
 * The words for record types and classes, which stand in every entry: what one is is remembered, so
 * that the next entry with it makes no garbage.
 */
final class Mnemonics {
  private static final int REMEMBERED = 64;
  private static final int LONGEST = 8;

  /** What one word came to; words of more than eight characters are never remembered. */
  private final long[] words = new long[REMEMBERED];

  private final int[] types = new int[REMEMBERED];
  private final int[] classes = new int[REMEMBERED];

  /** The type's number; -1 when the word is none. */
  int type(char[] text, int from, int to) {
    int slot = slot(text, from, to);
    return slot >= 0 ? types[slot] : FieldText.type(word(text, from, to));
  }

  /** The class's number; -1 when the word is none. */
  int dclass(char[] text, int from, int to) {
    int slot = slot(text, from, to);
    return slot >= 0 ? classes[slot] : DClass.value(word(text, from, to));
  }

  private int slot(char[] text, int from, int to) {
    if (to - from > LONGEST) {
      return -1;
    }
    long packed = 0;
    for (int i = from; i < to; i++) {
      if (text[i] == 0 || text[i] > '~') {
        return -1;
      }
      packed = packed << Byte.SIZE | text[i];
    }
    int slot = (int) ((packed * 0x9e3779b97f4a7c15L) >>> 58);
    if (words[slot] != packed) {
      String word = word(text, from, to);
      words[slot] = packed;
      types[slot] = FieldText.type(word);
      classes[slot] = DClass.value(word);
    }
    return slot;
  }

  private static String word(char[] text, int from, int to) {
    return new String(text, from, to - from).toUpperCase(Locale.ROOT);
  }
}
