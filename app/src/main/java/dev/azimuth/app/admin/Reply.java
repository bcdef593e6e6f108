package dev.azimuth.app.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the admin API answers.
 *
 * @param length of the body in octets; 0 when it is only known once written
 */
record Reply(int status, String contentType, long length, Body body) {

  /** Writes a body; the stream is closed by the caller. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  static Reply text(int status, String text) {
    return octets(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply json(int status, Object value) {
    return octets(status, "application/json", Json.write(value));
  }

  static Reply failure(int status, String error) {
    return json(status, new Messages.Failure(error));
  }

  static Reply streamed(String contentType, Body body) {
    return new Reply(200, contentType, 0, body);
  }

  private static Reply octets(int status, String contentType, byte[] octets) {
    return new Reply(status, contentType, octets.length, out -> out.write(octets));
  }
}
