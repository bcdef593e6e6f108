package dev.azimuth.balancer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS client says first (RFC 8446 section 4.1.2), as far as routes look at it. Where another
 * hello is encrypted in it (RFC 9849), this is the outer one. Immutable.
 *
 * @param server the name that the client wants (RFC 6066 section 3), in lower case and without a
 *     final dot; null for none
 * @param protocols that it offers (RFC 7301), the first {@link HelloReader#MOST_PROTOCOLS} of them
 */
record ClientHello(@Nullable String server, List<String> protocols) implements HelloReader.Reading {
  ClientHello {
    protocols = List.copyOf(protocols);
  }
}
