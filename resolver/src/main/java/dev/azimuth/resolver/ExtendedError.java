package dev.azimuth.resolver;

/** What a response adds to its rcode (RFC 8914), where that helps whoever reads it. */
enum ExtendedError {
  /** Other Error: nothing that the name may be given is up. */
  NO_BACKEND(0, "no backend is up"),
  /** Prohibited: a client that may not ask, a transfer, a notification. */
  PROHIBITED(18, ""),
  /** Not Authoritative: no zone of ours, or not of that class, or no zone to transfer. */
  NOT_AUTHORITATIVE(20, ""),
  /** Not Supported: an opcode or a meta type. */
  NOT_SUPPORTED(21, "");

  private final int code;
  private final String text;

  /**
   * @param code INFO-CODE
   * @param text EXTRA-TEXT, in ASCII
   */
  ExtendedError(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** How long the option's data is. */
  int octets() {
    return 2 + text.length();
  }

  /** Writes the option's data. */
  void write(byte[] out, int at) {
    Wire.put16(out, at, code);
    for (int i = 0; i < text.length(); i++) {
      out[at + 2 + i] = (byte) text.charAt(i);
    }
  }
}
