package dev.azimuth.app.orders;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;

/** Which backends, or balancers, an order means: those that match now, whenever they came. */
public sealed interface Selector {
  /** The longest text of one: two names of the configuration and what stands between them. */
  int LONGEST = 600;

  String TAG = "tag:";
  String BALANCER = "balancer:";

  /** One backend. */
  record One(String pool, String backend) implements Selector {
    @Override
    public String toString() {
      return pool + "/" + backend;
    }
  }

  /** All of a pool. */
  record Whole(String pool) implements Selector {
    @Override
    public String toString() {
      return pool;
    }
  }

  /**
   * All whose pool and name match; {@code *} stands for any characters, {@code ?} for one.
   *
   * @param pool a pattern
   * @param backend a pattern
   */
  record Glob(String pool, String backend) implements Selector {
    @Override
    public String toString() {
      return pool + "/" + backend;
    }
  }

  /** All that the configuration gives a tag. */
  record Tagged(String tag) implements Selector {
    @Override
    public String toString() {
      return TAG + tag;
    }
  }

  /**
   * Balancers of this node, with the pools that they are.
   *
   * @param name a pattern
   */
  record Balancer(String name) implements Selector {
    /** Whether it means a balancer. */
    boolean means(String balancer) {
      return matches(name, balancer);
    }

    @Override
    public String toString() {
      return BALANCER + name;
    }
  }

  /**
   * Reads what {@link #text} writes: {@code pool/backend}, {@code pool}, {@code tag:NAME}, {@code
   * balancer:NAME}, or a pattern such as {@code eu/fra*}.
   *
   * @throws IllegalArgumentException with a message for the operator
   */
  @JsonCreator
  static Selector of(String text) {
    Objects.requireNonNull(text);
    if (text.isBlank() || text.length() > LONGEST) {
      throw new IllegalArgumentException("a selector has 1 to " + LONGEST + " characters");
    }
    if (text.startsWith(TAG) && text.length() > TAG.length()) {
      return new Tagged(text.substring(TAG.length()));
    }
    if (text.startsWith(BALANCER) && text.length() > BALANCER.length()) {
      return new Balancer(text.substring(BALANCER.length()));
    }
    int slash = text.indexOf('/');
    boolean pattern = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    if (slash < 0) {
      if (pattern) {
        throw new IllegalArgumentException(
            "a pattern is of pool and backend: "
                + (text.chars().allMatch(c -> c == '*')
                    ? "\"*/*\" means all"
                    : "\"%s/*\", or \"*/%s\"".formatted(text, text)));
      }
      return new Whole(text);
    }
    String pool = text.substring(0, slash);
    String backend = text.substring(slash + 1);
    return pattern ? new Glob(pool, backend) : new One(pool, backend);
  }

  /** As an operator writes it. */
  @JsonValue
  default String text() {
    return toString();
  }

  /** Whether a text matches a pattern; time is at most the product of both lengths. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
