package dev.azimuth.e2e;

/** The static part of the zone that the tests serve. */
final class Zones {
  private Zones() {}

  /** The example zone; what is appended goes under its {@code names}. */
  static final String EXAMPLE =
      """
      zones:
        example.com:
          ttl: 5s..60s
          records: |
            @      SOA ns1 hostmaster 1 1h 15m 7d 60
            @      NS  ns1
            @      MX  10 mail
            ns1    A   203.0.113.53
            mail   A   203.0.113.25
            text   TXT "hello"
            web    HTTPS 1 . alpn=h2 ipv4hint=203.0.113.200
            _s._tcp SRV 0 0 443 web
            alias  CNAME mail
            a.deep A   203.0.113.26
            sub    NS  ns.sub
            ns.sub A   203.0.113.54
            fixed  A   203.0.113.27
          names:
      """;
}
