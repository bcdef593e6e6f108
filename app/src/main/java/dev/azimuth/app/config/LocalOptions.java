package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.health.Check;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The checks that have no connection of their own: ICMP, programs, files and heartbeats. */
final class LocalOptions {
  private static final Scalar<String> WORD =
      new Scalar<>(
          "WORD",
          Kind.TEXT,
          "the absolute path of a program, or an argument, without line breaks",
          "[^\\p{Cntrl}]{0,1000}",
          text -> text);

  private static final Set<String> FILLED_IN = Set.of("{address}", "{port}", "{backend}");

  static final Option<Boolean> ICMP =
      optional(
          "icmp",
          new Keyword<>(Map.of("echo", true)),
          "An ICMP echo request that is answered, sent up to three times. The system must allow it:"
              + " CAP_NET_RAW, or a group in `net.ipv4.ping_group_range`.");
  static final Option<List<String>> COMMAND =
      optional(
          "command",
          new ListOf<>(WORD, 1, 64, true)
              .checked(
                  (words, site) -> words.getFirst().startsWith("/"),
                  "a program is given by its absolute path")
              .then(LocalOptions::runnable),
          "A program that ends with status 0, and its arguments, in which `{address}`, `{port}` and"
              + " `{backend}` are filled in. No shell looks at them.");

  private static final Option<Path> PATH =
      required("path", Notation.PATH, "The file, with lines such as `eu/fra1 up 50%`.");
  private static final Option<Duration> FILE_EXPIRES =
      optional(
          "expires",
          Notation.duration("1s", "7d"),
          "How old the file may be to say anything. Without it any age will do.");
  static final Option<StateFile> FILE =
      optional(
          "file",
          new OneOf<>(
              List.of(
                  Notation.PATH.map(path -> new StateFile(path, Duration.ZERO)),
                  ObjectOf.of(
                      "state file",
                      "Lines of `POOL/BACKEND up`, with a weight behind it where that is wanted"
                          + " (`50%`), or `POOL/BACKEND down`; `#` begins a comment. What the file"
                          + " does not say, or cannot be read, changes nothing.",
                      List.of(PATH, FILE_EXPIRES),
                      values ->
                          new StateFile(
                              values.get(PATH),
                              Objects.requireNonNullElse(
                                  values.find(FILE_EXPIRES), Duration.ZERO))))),
          "A file in which something else says how backends are.");
  static final Option<Duration> HEARTBEAT =
      optional(
          "heartbeat",
          Notation.duration("1s", "1d"),
          "What the backend says of itself, at least so often, to `health.heartbeats`.");

  static final List<Option<?>> ALL = List.of(ICMP, COMMAND, FILE, HEARTBEAT);

  /** Those that are told at once, so that they are looked at often and believed at once. */
  static final List<Option<?>> TOLD = List.of(FILE, HEARTBEAT);

  private LocalOptions() {}

  /**
   * @param expires zero for never
   */
  record StateFile(Path path, Duration expires) {}

  /** Only warns: the file may be examined on another machine than it is for. */
  private static List<String> runnable(List<String> words, Site site) {
    Path program = Path.of(words.getFirst());
    boolean filledIn = FILLED_IN.stream().anyMatch(words.getFirst()::contains);
    if (!filledIn && !(Files.isRegularFile(program) && Files.isExecutable(program))) {
      site.warning(
          Code.NO_PROGRAM,
          program + " is no executable file here",
          "until it is, the check decides nothing");
    }
    return words;
  }

  /** The check of one of these kinds; null when it is none of them. */
  static @Nullable Check check(
      ObjectOf.Values values, @Nullable InetAddress address, OptionalInt port, Timing timing) {
    if (values.find(ICMP) != null) {
      return new Check.Ping(address, timing);
    }
    List<String> words = values.find(COMMAND);
    if (words != null) {
      return new Check.Program(words, address, port, timing);
    }
    StateFile file = values.find(FILE);
    if (file != null) {
      return new Check.StateFile(file.path, file.expires, timing);
    }
    Duration expires = values.find(HEARTBEAT);
    return expires == null ? null : new Check.Heartbeat(expires, timing);
  }

  /** What a file's check is in its long form. */
  static Object expand(Check.StateFile file) {
    if (file.expires().isZero()) {
      return file.path().toString();
    }
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("path", file.path().toString());
    out.put("expires", ExpandedForm.duration(file.expires()));
    return out;
  }
}
