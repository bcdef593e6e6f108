package dev.azimuth.app.metrics;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Writes metrics in the text format of Prometheus, version 0.0.4, as they come: a hundred thousand
 * backends leave nothing behind. I/O errors come as {@link UncheckedIOException}, since visitors
 * write.
 */
final class TextFormat {
  private final Writer out;

  TextFormat(OutputStream out) {
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 8192);
  }

  /** Begins a family of counters; its samples follow. */
  void counter(String name, String help) {
    family(name, "counter", help);
  }

  /** Begins a family of gauges; its samples follow. */
  void gauge(String name, String help) {
    family(name, "gauge", help);
  }

  /** Begins a family of buckets, their sum and count; its samples follow. */
  void histogram(String name, String help) {
    family(name, "histogram", help);
  }

  private void family(String name, String type, String help) {
    write("# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n");
  }

  /**
   * Writes one sample.
   *
   * @param labels names and values in turn
   */
  void sample(String name, long value, String... labels) {
    sample(name, Long.toString(value), labels);
  }

  /**
   * Writes one sample.
   *
   * @param value a number as the format writes it
   * @param labels names and values in turn
   */
  void sample(String name, String value, String... labels) {
    write(name);
    for (int i = 0; i < labels.length; i += 2) {
      write(i == 0 ? "{" : ",");
      write(labels[i]);
      write("=\"");
      write(escaped(labels[i + 1]));
      write("\"");
    }
    write((labels.length == 0 ? " " : "} ") + value + "\n");
  }

  /** Writes what is already in the format. */
  void raw(String text) {
    write(text);
  }

  void flush() throws IOException {
    out.flush();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private void write(String text) {
    try {
      out.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
