package dev.azimuth.zones;

/**
 * Something wrong, or questionable, in zone data.
 *
 * @param severity whether the zone can be served all the same
 * @param code a short stable word in upper case, such as {@code CNAME_AND_OTHER}
 * @param source the file's path as it was given, or the label given for inline records
 * @param line from 1
 * @param column from 1
 * @param message what is wrong and what to do
 */
public record ZoneProblem(
    Severity severity, String code, String source, int line, int column, String message) {

  public enum Severity {
    WARNING,
    ERROR
  }
}
