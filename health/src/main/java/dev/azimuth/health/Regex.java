package dev.azimuth.health;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression in RE2's syntax over UTF-8, looked for anywhere in a text. Matching takes
 * time in proportion to the length of the text, whatever both are, and no stack. Equal by content.
 */
public final class Regex {
  /** The longest expression, in characters. */
  public static final int LONGEST = 256;

  /** What an expression may be compiled to: it bounds the work for each octet. */
  private static final int MOST_STEPS = 512;

  private final String text;
  private final Pattern pattern;

  private Regex(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * @throws IllegalArgumentException with why it is no such expression, or that it is too large
   */
  public static Regex of(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new IllegalArgumentException("1 to " + LONGEST + " characters are needed");
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getDescription() + ": " + e.getPattern(), e);
    }
    if (pattern.programSize() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "it becomes %,d steps, and %,d are allowed".formatted(pattern.programSize(), MOST_STEPS));
    }
    return new Regex(text, pattern);
  }

  boolean find(byte[] octets) {
    return pattern.matcher(octets).find();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Regex that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
