package dev.azimuth.app.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Which of the known words was probably meant. Pure. */
public final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** A hint that names the nearest known word; null when none is near. */
  public static @Nullable String hint(String written, Collection<String> known) {
    String best = null;
    int bound = Math.min(3, 1 + written.length() / 4);
    if (written.length() > LONGEST) {
      return null;
    }
    for (String word : known) {
      if (Math.abs(word.length() - written.length()) <= bound) {
        int distance = distance(written, word);
        if (distance <= bound && distance < Math.min(word.length(), written.length())) {
          best = word;
          bound = distance - 1;
        }
      }
    }
    return best == null ? null : "did you mean \"" + best + "\"?";
  }

  /** Insertions, deletions, replacements and swaps of neighbours that turn one into the other. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        char x = a.charAt(i - 1);
        char y = b.charAt(j - 1);
        int least = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (x == y ? 0 : 1));
        if (i > 1 && j > 1 && x == b.charAt(j - 2) && a.charAt(i - 2) == y) {
          least = Math.min(least, before[j - 2] + 1);
        }
        row[j] = least;
      }
      int[] spare = before;
      before = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
