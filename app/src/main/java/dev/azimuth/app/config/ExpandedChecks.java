package dev.azimuth.app.config;

import dev.azimuth.health.Check;
import dev.azimuth.health.Content;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Regex;
import dev.azimuth.health.Report;
import dev.azimuth.health.Secure;
import dev.azimuth.steering.Addresses;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Checks in their long form. */
final class ExpandedChecks {
  private ExpandedChecks() {}

  static Map<String, Object> check(Check check) {
    Map<String, Object> out = new LinkedHashMap<>();
    switch (check) {
      case Check.Http http -> http(out, http);
      case Check.Tcp tcp -> {
        Object port = portOrBackend(tcp.port());
        out.put("tcp", tcp.expect() == null ? port : spoken(port, tcp.send(), tcp.expect()));
      }
      case Check.Handshake tls -> {
        out.put("tls", portOrBackend(tls.port()));
        secure(out, tls.secure(), null);
      }
      case Check.Udp udp ->
          out.put("udp", spoken(portOrBackend(udp.port()), udp.send(), udp.expect()));
      case Check.Dns dns -> {
        out.put("dns", dns(dns));
        dns.port().ifPresent(port -> out.put("port", port));
      }
      case Check.Grpc grpc -> {
        out.put(grpc.secure() == null ? "grpc" : "grpcs", grpc.service());
        secure(out, grpc.secure(), grpc.host());
        grpc.port().ifPresent(port -> out.put("port", port));
      }
      case Check.Ping ping -> out.put("icmp", "echo");
      case Check.Program program -> {
        out.put("command", program.words());
        program.port().ifPresent(port -> out.put("port", port));
      }
      case Check.StateFile file -> out.put("file", LocalOptions.expand(file));
      case Check.Heartbeat heartbeat ->
          out.put("heartbeat", ExpandedForm.duration(heartbeat.expires()));
      case Check.Told _ -> throw new IllegalArgumentException("no file says it");
    }
    InetAddress address = check.address();
    if (address != null) {
      out.put("address", Addresses.text(address));
    }
    TimingOptions.expand(check.timing(), out);
    return out;
  }

  private static Object portOrBackend(OptionalInt port) {
    return port.isPresent() ? (Object) port.getAsInt() : "backend";
  }

  private static void http(Map<String, Object> out, Check.Http http) {
    Check.Request request = http.request();
    out.put(http.secure() == null ? "http" : "https", request.path());
    secure(out, http.secure(), request.host());
    out.put("method", request.method());
    if (!request.headers().isEmpty()) {
      Map<String, Object> headers = new LinkedHashMap<>();
      for (Check.Header header : request.headers()) {
        headers.put(
            header.name(),
            header.file() == null ? header.value() : Map.of("file", header.file().toString()));
      }
      out.put("headers", headers);
    }
    if (!request.body().isEmpty()) {
      out.put("body", request.body().asUtf8());
    }
    out.put(
        "expect", http.expected().statuses().stream().map(r -> r.from() + "-" + r.to()).toList());
    for (Content content : http.expected().contents()) {
      switch (content) {
        case Content.Contains(Octets octets) -> out.put("contains", octets.asUtf8());
        case Content.Matches(Regex regex) -> out.put("matches", regex.toString());
        case Content.Json(String pointer, String value) -> {
          Map<String, Object> json = new LinkedHashMap<>();
          json.put("field", pointer);
          json.put("equals", written(value));
          out.put("json", json);
        }
      }
    }
    out.put("version", http.http2() ? 2 : new BigDecimal("1.1"));
    out.put("keep", http.keep());
    Report report = http.report();
    if (report != null) {
      out.put(
          report.load() ? "load" : "weight",
          switch (report.source()) {
            case Report.Source.Header(String name) -> Map.of("header", name);
            case Report.Source.Json(String pointer) -> Map.of("json", pointer);
          });
    }
    http.port().ifPresent(port -> out.put("port", port));
  }

  /** Numbers and truth values stand without quotes. */
  private static Object written(String value) {
    if (Notation.INTEGER.pattern().matcher(value).matches()) {
      return Long.valueOf(value);
    }
    return Notation.BOOLEAN.pattern().matcher(value).matches()
        ? (Object) Boolean.valueOf(value)
        : value;
  }

  private static void secure(
      Map<String, Object> out, @Nullable Secure secure, @Nullable String host) {
    if (host != null) {
      out.put("host", host);
    }
    if (secure == null) {
      return;
    }
    out.put("verify", secure.verify());
    if (secure.name() != null && !secure.name().equals(host)) {
      out.put("sni", secure.name());
    }
    if (secure.authority() != null) {
      out.put("ca", Map.of("file", secure.authority().file().toString()));
    }
    Secure.Identity identity = secure.identity();
    if (identity != null) {
      Map<String, Object> certificate = new LinkedHashMap<>();
      certificate.put("chain", identity.chain().toString());
      certificate.put("key", Map.of("file", identity.keyFile().toString()));
      out.put("certificate", certificate);
    }
    Secure.Expiry expiry = secure.expiry();
    if (expiry != null) {
      Map<String, Object> expires = new LinkedHashMap<>();
      expires.put("warn", ExpandedForm.duration(expiry.warn()));
      expires.put("fail", ExpandedForm.duration(expiry.fail()));
      out.put("expires", expires);
    }
  }

  private static Map<String, Object> spoken(Object port, Octets send, @Nullable Content content) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("port", port);
    if (!send.isEmpty()) {
      out.put("send", send.written());
    }
    switch (content) {
      case null -> {}
      case Content.Contains(Octets octets) -> out.put("expect", octets.written());
      case Content.Matches(Regex regex) -> out.put("matches", regex.toString());
      case Content.Json json -> throw new IllegalStateException("JSON is of HTTP alone");
    }
    return out;
  }

  private static Map<String, Object> dns(Check.Dns dns) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", dns.name());
    out.put("type", ExchangeOptions.type(dns.type()));
    if (!dns.expect().isEmpty()) {
      out.put("expect", dns.expect());
    }
    out.put("rcode", ExchangeOptions.rcode(dns.rcode()));
    out.put("tcp", dns.tcp());
    return out;
  }
}
