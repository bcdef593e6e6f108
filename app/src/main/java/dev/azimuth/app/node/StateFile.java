package dev.azimuth.app.node;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.StateFolder;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON file of the state directory. Every write goes to a temporary file, is forced to disk and
 * takes the old one's name, so that a reader finds a whole file whenever the process ends.
 */
final class StateFile {
  private static final int MOST_COPIES = 9;

  /** How the name of a file ends that is being written. */
  static final String FRESH = ".new";

  /** What it does not know it must not lose silently: such a file is passed over aloud. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private StateFile() {}

  /**
   * What a file holds.
   *
   * @param missing where there is none, or it cannot be used
   * @param sound whether a content of the right form can be used
   * @param complain takes why it cannot be used, and where a copy of it is
   */
  static <T> T read(
      Path file, TypeReference<T> type, T missing, Predicate<T> sound, Consumer<String> complain) {
    if (!Files.exists(file)) {
      return missing;
    }
    String why;
    try (var in = RegularFile.open(file)) {
      T content = JSON.readValue(in, type);
      if (content != null && sound.test(content)) {
        return content;
      }
      why = "it does not hold what this version writes";
    } catch (IOException | JacksonException e) {
      why = why(e);
    }
    Path aside = copy(file);
    complain.accept(
        "%s cannot be read and is passed over%s: %s"
            .formatted(file, aside == null ? "" : ", a copy is " + aside, why));
    return missing;
  }

  private static String why(Exception e) {
    return switch (e) {
      case StreamReadException broken ->
          "it is no JSON, see its line %d, column %d"
              .formatted(broken.getLocation().getLineNr(), broken.getLocation().getColumnNr());
      case UnrecognizedPropertyException unknown ->
          "this version knows no member \"" + unknown.getPropertyName() + "\"";
      case JacksonException other -> "it does not hold what this version writes";
      case IOException io -> IoWords.of(io);
      default -> String.valueOf(e.getMessage());
    };
  }

  /**
   * What was in it may matter to somebody: the next write would destroy it. Earlier copies stay, as
   * long as they are few.
   *
   * @return the copy, also one of before that is the same; null when there is none
   */
  private static @Nullable Path copy(Path file) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      for (int number = 1; number <= MOST_COPIES; number++) {
        String end = number == 1 ? ".unreadable" : ".unreadable." + number;
        Path aside = file.resolveSibling(file.getFileName() + end);
        if (!Files.exists(aside)) {
          return Files.copy(file, aside);
        }
        if (Files.mismatch(file, aside) < 0) {
          return aside;
        }
      }
    } catch (IOException e) {
      // It could not be read either, or the disk is full: the complaint stands.
    }
    return null;
  }

  /**
   * Writes a content as JSON.
   *
   * @throws IOException when it is not on disk; the message is for an operator
   */
  static void write(Path file, Object content) throws IOException {
    byte[] octets;
    try {
      octets = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
    } catch (JacksonException e) {
      throw new IOException("cannot write " + file.getFileName(), e);
    }
    try {
      replace(file, octets);
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be written (%s): make room, or mend the folder; it is tried again by itself"
              .formatted(file, reason(e)),
          e);
    }
  }

  /** What the system says, without the path, which is said already. */
  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException gone -> "there is no such folder";
      default -> IoWords.of(e);
    };
  }

  /** Puts a whole new content, which only its owner can read, in a file's place. */
  private static void replace(Path file, byte[] octets) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    Files.deleteIfExists(fresh); // of a process that was killed; its permissions may be others
    try (FileChannel channel =
        StateFolder.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      ByteBuffer buffer = ByteBuffer.wrap(octets);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
