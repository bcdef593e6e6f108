package dev.azimuth.app.admin;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the metrics of this moment. Called by any number of threads. */
@FunctionalInterface
public interface Scrape {
  /** The text format of Prometheus, which every scraper understands. */
  String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Writes everything; leaves the stream open. */
  void writeTo(OutputStream out) throws IOException;
}
