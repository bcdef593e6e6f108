package dev.azimuth.app.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a place of the language may be written and what it then means: the one declaration from which
 * the loader reads and judges, and from which the schema and the manual are made. Immutable.
 *
 * @param <T> what a valid value becomes
 */
sealed interface Shape<T>
    permits ListOf,
        MapOf,
        ObjectOf,
        OneOf,
        Shape.Keyword,
        Shape.Ranged,
        Shape.Reference,
        Shape.Scalar,
        Shape.Then {

  /** Reads a value; null when it is not valid, after every reason was told to the site. */
  @Nullable T read(Site site);

  /** Whether a value is probably meant as this: how one of several forms is chosen. */
  boolean fits(Node node);

  /** What is needed, with an article: {@code a duration such as 10s}. */
  String words();

  /** The words that may be written, where there are such. */
  default Collection<String> keywords() {
    return List.of();
  }

  /** Only values that pass a test; {@code why} is said of the others. */
  default Shape<T> checked(BiPredicate<T, Site> test, String why) {
    return then(
        (value, site) -> {
          if (test.test(value, site)) {
            return value;
          }
          site.error(Code.VALUE, why);
          return null;
        });
  }

  default <U> Shape<U> map(Function<T, U> meaning) {
    return then((value, site) -> meaning.apply(value));
  }

  /** What a valid value further means; the step tells the site why when it gives null. */
  default <U> Shape<U> then(BiFunction<T, Site, @Nullable U> step) {
    return new Then<>(this, step);
  }

  /** Tells that some reader of YAML takes a text for something else. */
  private static void trap(Site site, Node.Scalar scalar) {
    site.error(
        Code.TRAP,
        "YAML does not read %s as a text: put it in quotes".formatted(scalar.text()),
        "\"" + scalar.text() + "\"");
  }

  /** The kinds of scalars. */
  enum Kind {
    TEXT,
    /** A text that is a domain name. */
    DOMAIN,
    INTEGER,
    /** With decimals or without. */
    NUMBER,
    BOOLEAN;

    /** Whether a value may stand in quotes. */
    boolean isText() {
      return this == TEXT || this == DOMAIN;
    }
  }

  /**
   * One text, number or truth value.
   *
   * @param name of the notation in the manual, such as {@code DURATION}
   * @param pattern every valid value matches it, in the syntax common to Java and ECMAScript
   * @param longest text, in characters
   * @param parser gives null for what is not valid
   */
  record Scalar<T>(
      String name,
      Kind kind,
      String words,
      Pattern pattern,
      int longest,
      Function<String, @Nullable T> parser)
      implements Shape<T> {
    /** No single value needs more; it also bounds the work and the stack of matching. */
    private static final int LONGEST = 1024;

    Scalar(
        String name,
        Kind kind,
        String words,
        String pattern,
        Function<String, @Nullable T> parser) {
      this(name, kind, words, pattern, LONGEST, parser);
    }

    Scalar(
        String name,
        Kind kind,
        String words,
        String pattern,
        int longest,
        Function<String, @Nullable T> parser) {
      this(name, kind, words, Pattern.compile(pattern), longest, parser);
    }

    @Override
    public @Nullable T read(Site site) {
      if (!(site.node() instanceof Node.Scalar scalar)) {
        site.wrongKind(words);
        return null;
      }
      if (!kind.isText() && !scalar.plain()) {
        site.error(Code.TYPE, "expected " + words + ", found a text", "take the quotes away");
        return null;
      }
      T value = matches(scalar) ? parser.apply(scalar.text()) : null;
      if (value == null) {
        Code code = scalar.ambiguous() && kind.isText() ? Code.TYPE : Code.VALUE;
        String hint = kind == Kind.DOMAIN ? Notation.nameAdvice(scalar.text()) : null;
        site.error(code, "expected " + words + ", found " + scalar.kind(), hint);
        return null;
      }
      if (kind.isText() && scalar.ambiguous()) {
        trap(site, scalar);
        return null;
      }
      return value;
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar && matches(scalar);
    }

    private boolean matches(Node.Scalar scalar) {
      return scalar.text().length() <= longest && pattern.matcher(scalar.text()).matches();
    }
  }

  /**
   * One of a few words.
   *
   * @param values what each means
   */
  record Keyword<T>(Map<String, T> values) implements Shape<T> {

    /** Two words and what they mean, in this order. */
    static <T> Map<String, T> words(String a, T first, String b, T second) {
      Map<String, T> words = new LinkedHashMap<>();
      words.put(a, first);
      words.put(b, second);
      return words;
    }

    /** Three words and what they mean, in this order. */
    static <T> Map<String, T> words(String a, T first, String b, T second, String c, T third) {
      Map<String, T> words = words(a, first, b, second);
      words.put(c, third);
      return words;
    }

    @Override
    public @Nullable T read(Site site) {
      if (!(site.node() instanceof Node.Scalar scalar)) {
        site.wrongKind(words());
        return null;
      }
      T value = values.get(scalar.text());
      if (value != null && scalar.ambiguous()) {
        trap(site, scalar);
        return null;
      }
      if (value != null) {
        return value;
      }
      String message = "expected " + words() + ", found " + scalar.kind();
      site.unknown(Code.TYPE, message, scalar.text(), keywords());
      return null;
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar scalar && values.containsKey(scalar.text());
    }

    @Override
    public String words() {
      return String.join(" or ", values.keySet());
    }

    @Override
    public Collection<String> keywords() {
      return values.keySet();
    }
  }

  /** The name of something defined elsewhere in the configuration. */
  record Reference(Reading.Named kind, Scalar<String> name) implements Shape<String> {

    @Override
    public @Nullable String read(Site site) {
      String written = name.read(site);
      if (written != null && !site.reading().names(kind).contains(written)) {
        String message = "there is no %s \"%s\"".formatted(kind.word(), written);
        site.unknown(Code.REFERENCE, message, written, site.reading().names(kind));
        return null;
      }
      return written;
    }

    @Override
    public boolean fits(Node node) {
      return node instanceof Node.Scalar;
    }

    @Override
    public String words() {
      return "the name of a " + kind.word();
    }
  }

  /**
   * Values between two bounds, both included.
   *
   * @param range as the manual shows it
   */
  record Ranged<T extends Comparable<T>>(Shape<T> of, T least, T most, String range)
      implements Shape<T> {

    @Override
    public @Nullable T read(Site site) {
      T value = of.read(site);
      if (value != null && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
        site.error(Code.RANGE, "%s is outside %s".formatted(site.node().kind(), range));
        return null;
      }
      return value;
    }

    @Override
    public boolean fits(Node node) {
      return of.fits(node);
    }

    @Override
    public String words() {
      return of.words();
    }

    @Override
    public Collection<String> keywords() {
      return of.keywords();
    }
  }

  /** What a value further means, or must further be, beyond what a schema can say. */
  record Then<S, T>(Shape<S> of, BiFunction<S, Site, @Nullable T> step) implements Shape<T> {

    @Override
    public @Nullable T read(Site site) {
      S value = of.read(site);
      return value == null ? null : step.apply(value, site);
    }

    @Override
    public boolean fits(Node node) {
      return of.fits(node);
    }

    @Override
    public String words() {
      return of.words();
    }

    @Override
    public Collection<String> keywords() {
      return of.keywords();
    }
  }
}
