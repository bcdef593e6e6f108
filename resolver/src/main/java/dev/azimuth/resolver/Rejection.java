package dev.azimuth.resolver;

/** Why a packet is not looked up: the closed set of ways in which reading a query can end early. */
enum Rejection {
  /** Silence: shorter than a header, or itself a response, which could start a loop. */
  DROP,
  /** The packet is not what RFC 1035 section 4.1, RFC 6891 or RFC 7871 says. */
  FORMERR,
  /** An opcode or a meta type that is not implemented. */
  NOTIMP,
  /** An EDNS version above 0 (RFC 6891 section 6.1.3). */
  BADVERS,
  /**
   * Well-formed, but not offered: a transfer, a notification, a class other than IN, a signature.
   */
  REFUSED
}
