package dev.azimuth.app.cli;

import dev.azimuth.app.admin.Messages;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code down}, {@code up} and {@code drain} are told. */
final class ForceOptions {
  static final String BACKEND =
      "pool/backend, or the backend's name alone where that is unambiguous.";
  static final String LASTS = "How long, such as 30m or 2h; until it is taken back when not given.";

  @Parameters(paramLabel = "BACKEND", description = BACKEND)
  private String backend = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why, for whoever looks at the status.")
  private String reason = "";

  @Option(names = "--for", paramLabel = "TIME", description = LASTS)
  private @Nullable Duration lasts;

  Messages.Force body(String author) {
    return new Messages.Force(backend, reason, author, written(lasts));
  }

  static @Nullable String written(@Nullable Duration lasts) {
    return lasts == null ? null : lasts.toMillis() + "ms";
  }
}
