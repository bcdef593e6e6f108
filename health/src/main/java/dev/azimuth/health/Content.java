package dev.azimuth.health;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What an answer must have in it. Immutable and equal by content. */
public sealed interface Content {

  /** These octets anywhere, at least one. */
  record Contains(Octets octets) implements Content {}

  /** Something that an expression finds. */
  record Matches(Regex regex) implements Content {}

  /**
   * A value at a place of a JSON document.
   *
   * @param pointer of RFC 6901; empty for the document itself
   * @param value a text, or a number or literal as it is written
   */
  record Json(String pointer, String value) implements Content {}

  /**
   * Looks for it.
   *
   * @return null when it is there, else a few words on what is missing
   */
  default @Nullable String missing(byte[] octets, int length) {
    return switch (this) {
      case Contains(Octets wanted) ->
          contains(octets, length, wanted) ? null : "not the expected text";
      case Matches(Regex regex) ->
          regex.find(Arrays.copyOf(octets, length)) ? null : "does not match";
      case Json(String pointer, String value) -> {
        String found = JsonField.find(octets, length, pointer);
        if (found == null) {
          yield pointer.isEmpty() ? "no JSON value" : "no JSON value at " + pointer;
        }
        String place = pointer.isEmpty() ? "the JSON value" : pointer;
        yield found.equals(value) ? null : place + " is " + found;
      }
    };
  }

  private static boolean contains(byte[] octets, int length, Octets wanted) {
    return new String(octets, 0, length, StandardCharsets.ISO_8859_1).contains(wanted.text());
  }
}
