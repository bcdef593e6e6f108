package dev.azimuth.resolver;

import dev.azimuth.steering.Asker;
import dev.azimuth.zones.LookupName;

/**
 * What a query says: a cursor that {@link QueryReader} fills. After a rejection it holds what could
 * be read until then, so that the reply can say as much as is known.
 */
final class Query {
  /** The name that is asked for; while an alias is followed, the alias's target. */
  final LookupName name = new LookupName();

  /** Who asks; only the client subnet is filled from the packet. */
  final Asker asker = new Asker();

  int opcode;

  /** QTYPE, 0 to 65535; 0 when no question was readable. */
  int type;

  /** QCLASS, 0 to 65535. */
  int qclass;

  /** Where the question ends in the packet; {@link Wire#HEADER} when none was readable. */
  int questionEnd;

  /** Whether the query has a readable OPT record (RFC 6891). */
  boolean edns;

  int version;
  boolean dnssecOk;

  /** The sender's UDP payload size as the OPT record says, in octets. */
  int payload;

  /** Where the data of a well-formed client subnet option begins in the packet; -1 for none. */
  int subnetAt;

  /** How many octets the data of the client subnet option has. */
  int subnetOctets;

  /** Where the data of the first, well-formed cookie option begins in the packet; -1 for none. */
  int cookieAt;

  /** How many octets the data of the cookie option has. */
  int cookieOctets;

  /**
   * Whether the cookie option has a server cookie of ours, good for this client now: the query came
   * from where it says. Filled by the {@link Responder}.
   */
  boolean cookieValid;

  /** Whether the server's identifier is asked for (RFC 5001). */
  boolean nsid;

  /** Whether the idle timeout is asked for (RFC 7828). */
  boolean keepalive;

  /** Whether the idle timeout is given, which only a reply may do (RFC 7828 section 3.2.1). */
  boolean timeout;

  /** Whether the query is padded, and its reply may be (RFC 7830 section 4). */
  boolean padding;

  /** Where the last record begins in the packet if it is a TSIG (RFC 8945); -1 when it is none. */
  int signedAt;

  /** Where the type of that record stands. */
  int signedFixed;

  /** Forgets the last query. */
  void clear() {
    asker.subnet = false;
    opcode = 0;
    type = 0;
    qclass = 0;
    questionEnd = Wire.HEADER;
    edns = false;
    version = 0;
    dnssecOk = false;
    payload = 0;
    subnetAt = -1;
    subnetOctets = 0;
    cookieAt = -1;
    cookieOctets = 0;
    cookieValid = false;
    nsid = false;
    keepalive = false;
    timeout = false;
    padding = false;
    signedAt = -1;
    signedFixed = 0;
  }
}
