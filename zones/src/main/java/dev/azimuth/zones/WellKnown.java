package dev.azimuth.zones;

import java.util.Locale;
import java.util.Map;
import org.xbill.DNS.WKSRecord;

/** Protocols and ports by the names that WKS records may have for them (RFC 1035 section 3.4.2). */
final class WellKnown {
  /** By the registry of services, beyond the names of RFC 1010, which dnsjava knows. */
  private static final Map<String, Integer> LATER =
      Map.ofEntries(
          Map.entry("ssh", 22),
          Map.entry("http", 80),
          Map.entry("kerberos", 88),
          Map.entry("pop3", 110),
          Map.entry("ident", 113),
          Map.entry("imap", 143),
          Map.entry("imap2", 143),
          Map.entry("snmp", 161),
          Map.entry("bgp", 179),
          Map.entry("irc", 194),
          Map.entry("ldap", 389),
          Map.entry("https", 443),
          Map.entry("submissions", 465),
          Map.entry("syslog", 514),
          Map.entry("printer", 515),
          Map.entry("submission", 587),
          Map.entry("ldaps", 636),
          Map.entry("imaps", 993),
          Map.entry("pop3s", 995));

  private WellKnown() {}

  /** The number of an Internet protocol; -1 when the word is none. */
  static int protocol(String word) {
    return WKSRecord.Protocol.value(word.toLowerCase(Locale.ROOT));
  }

  /** A port; -1 when the word is none. */
  static int port(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    Integer later = LATER.get(name);
    return later == null ? WKSRecord.Service.value(name) : later;
  }
}
