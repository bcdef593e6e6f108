package dev.azimuth.app.geo;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A database that cannot be used. */
public final class GeoUnusable extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Path path;

  /**
   * @param message why, in words that an operator understands, with the file's name
   */
  GeoUnusable(Path path, String message, Throwable cause) {
    super(message, cause);
    this.path = path;
  }

  GeoUnusable(Path path, String message) {
    super(message);
    this.path = path;
  }

  /** Of several at once; the file is the first. */
  static GeoUnusable all(List<GeoUnusable> several) {
    GeoUnusable first = several.getFirst();
    return several.size() == 1
        ? first
        : new GeoUnusable(
            first.path,
            several.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")),
            first);
  }

  /** The file. */
  public Path path() {
    return path;
  }
}
