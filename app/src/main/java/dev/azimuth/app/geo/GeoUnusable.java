package dev.azimuth.app.geo;

import java.nio.file.Path;

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

  /** The file. */
  public Path path() {
    return path;
  }
}
