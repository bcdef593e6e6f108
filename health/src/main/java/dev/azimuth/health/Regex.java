package dev.azimuth.health;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;

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

  /** Empty when it is no such expression, or too large a one. */
  public static Optional<Regex> of(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      Pattern pattern = Pattern.compile(text);
      return pattern.programSize() > MOST_STEPS
          ? Optional.empty()
          : Optional.of(new Regex(text, pattern));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
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
