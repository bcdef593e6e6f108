package dev.azimuth.health;

/**
 * Where a good answer says how much a backend wants to get: a number from 0 to 100, perhaps with
 * decimals or a per cent sign.
 *
 * @param load whether it is how busy the backend is, from which its weight follows as 100 − load,
 *     at least 1; else it is the weight
 */
public record Report(boolean load, Source source) {

  /** The part of the answer. */
  public sealed interface Source {
    /** A field of the head or the trailer. */
    record Header(String name) implements Source {}

    /**
     * A value in a JSON body.
     *
     * @param pointer of RFC 6901; empty for the document itself
     */
    record Json(String pointer) implements Source {}
  }

  /** The weight in per cent; {@link ProbeResult#NOT_SAID} where the text is no such number. */
  int weight(String text) {
    String number = text.strip();
    if (number.endsWith("%")) {
      number = number.substring(0, number.length() - 1).stripTrailing();
    }
    if (number.length() > 16 || !number.matches("[0-9]+(\\.[0-9]*)?")) {
      return ProbeResult.NOT_SAID;
    }
    double said = Double.parseDouble(number);
    if (said > 100) {
      return ProbeResult.NOT_SAID;
    }
    int percent = (int) Math.round(said);
    return load ? Math.max(1, 100 - percent) : percent;
  }
}
