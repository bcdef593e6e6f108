package dev.azimuth.resolver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The OPT record of a response (RFC 6891 section 6.1.2). What it must hold is known before the
 * first record is added, so that room can be kept for it; an extended error and padding take what
 * is left. One owner fills it again and again; nothing is allocated.
 */
final class OptRecord {
  private static final int FIXED = 11;
  private static final int OPTION_HEADER = 4;
  private static final int KEEPALIVE_DATA = 2;

  /** Responses are padded to a multiple of this (RFC 8467 section 4.1), in octets. */
  private static final int BLOCK = 468;

  private final Query query;
  private final ServerCookie cookie;
  private byte[] in = {};
  private byte[] nsid = {};
  private boolean pads;
  private boolean keepsAlive;
  private int idle;

  private byte[] out = {};
  private int at;

  /**
   * @param cookie has the cookie for the response whenever the query has one
   */
  OptRecord(Query query, ServerCookie cookie) {
    this.query = query;
    this.cookie = cookie;
  }

  /**
   * Begins the record of a response.
   *
   * @param in the packet that {@code query} was read from
   * @return how many octets it will need, 0 when the query has no OPT record
   */
  int begin(byte[] in, Client client, Identity identity) {
    if (!query.edns) {
      return 0;
    }
    this.in = in;
    nsid = identity.nsid();
    keepsAlive = query.keepalive && client.stream;
    idle = client.idle;
    pads = query.padding && client.encrypted;
    return FIXED
        + (query.subnetAt >= 0 ? OPTION_HEADER + query.subnetOctets : 0)
        + (query.cookieAt >= 0 ? OPTION_HEADER + ServerCookie.WHOLE : 0)
        + (tellsNsid() ? OPTION_HEADER + nsid.length : 0)
        + (keepsAlive ? OPTION_HEADER + KEEPALIVE_DATA : 0);
  }

  /**
   * Writes the record.
   *
   * @param at where it begins, at least as far from {@code most} as {@link #begin} said
   * @param rcode of the response, of which the upper eight bits stand here
   * @param scope the scope prefix length for the client subnet
   * @param error left out where it has no room; null for none
   * @param most where the response ends at the latest
   * @return where the record ends
   */
  int write(byte[] out, int at, int rcode, int scope, @Nullable ExtendedError error, int most) {
    this.out = out;
    this.at = at + FIXED;
    out[at] = 0;
    Wire.put16(out, at + 1, Wire.OPT);
    Wire.put16(out, at + 3, ResponseWriter.DATAGRAM);
    out[at + 5] = (byte) (rcode >> 4);
    out[at + 6] = 0;
    Wire.put16(out, at + 7, query.dnssecOk ? 0x8000 : 0);
    options(scope);
    if (error != null && this.at + OPTION_HEADER + error.octets() <= most) {
      error.write(out, option(Wire.EXTENDED_ERROR, error.octets()));
    }
    if (pads && this.at + OPTION_HEADER <= most) {
      pad(most);
    }
    Wire.put16(out, at + 9, this.at - at - FIXED);
    return this.at;
  }

  private void options(int scope) {
    if (query.subnetAt >= 0) {
      // Echoed (RFC 7871 section 7.2.1).
      int data = option(Wire.CLIENT_SUBNET, query.subnetOctets);
      System.arraycopy(in, query.subnetAt, out, data, query.subnetOctets);
      out[data + 3] = (byte) scope;
    }
    if (query.cookieAt >= 0) {
      cookie.write(out, option(Wire.COOKIE, ServerCookie.WHOLE));
    }
    if (tellsNsid()) {
      System.arraycopy(nsid, 0, out, option(Wire.NSID, nsid.length), nsid.length);
    }
    if (keepsAlive) {
      Wire.put16(out, option(Wire.KEEPALIVE, KEEPALIVE_DATA), idle);
    }
  }

  private boolean tellsNsid() {
    return query.nsid && nsid.length > 0;
  }

  /** Fills up to a whole number of blocks, or as far as there is room. */
  private void pad(int most) {
    int end = at + OPTION_HEADER;
    int octets = Math.min((BLOCK - end % BLOCK) % BLOCK, most - end);
    int data = option(Wire.PADDING, octets);
    Arrays.fill(out, data, data + octets, (byte) 0);
  }

  /** Adds an option; returns where its data goes. */
  private int option(int code, int octets) {
    Wire.put16(out, at, code);
    Wire.put16(out, at + 2, octets);
    int data = at + OPTION_HEADER;
    at = data + octets;
    return data;
  }
}
