package dev.azimuth.resolver;

import org.jspecify.annotations.Nullable;

/** Why a packet is not looked up: the closed set of ways in which reading a query can end early. */
enum Rejection {
  /** Silence: shorter than a header, or itself a response, which could start a loop. */
  DROP(Wire.NOERROR, null),
  /** The packet is not what RFC 1035 section 4.1, RFC 6891, 7871, 7873 or 7828 says. */
  FORMERR(Wire.FORMERR, null),
  /** An opcode or a meta type that is not implemented. */
  NOTIMP(Wire.NOTIMP, ExtendedError.NOT_SUPPORTED),
  /** An EDNS version above 0 (RFC 6891 section 6.1.3). */
  BADVERS(Wire.BADVERS, null),
  /** Well-formed, but not allowed to anybody: a notification. */
  REFUSED(Wire.REFUSED, ExtendedError.PROHIBITED),
  /** Signed by a key that is not known: there are none (RFC 8945 section 5.2.1). */
  SIGNED(Wire.NOTAUTH, null),
  /** A transfer: not allowed to anybody, or of what is no zone here, or not over datagrams. */
  TRANSFER(Wire.REFUSED, ExtendedError.PROHIBITED),
  /**
   * No question, but a cookie: it asks for a cookie alone (RFC 7873 section 5.4). A format error
   * where there are no cookies.
   */
  COOKIE_ONLY(Wire.FORMERR, null);

  /** What the reply says; of a reply that is never sent, nothing. */
  final int rcode;

  final @Nullable ExtendedError error;

  Rejection(int rcode, @Nullable ExtendedError error) {
    this.rcode = rcode;
    this.error = error;
  }
}
