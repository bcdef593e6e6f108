package dev.azimuth.app.host;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says why a file or a connection cannot be had, in an operator's words. */
public final class IoWords {
  private IoWords() {}

  /** A few words, without the path or address. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException gone -> "there is no such file";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case ConnectException refused when refused.getMessage() == null -> "nobody listens there";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
