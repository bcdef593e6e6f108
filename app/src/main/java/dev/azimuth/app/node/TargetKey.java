package dev.azimuth.app.node;

import dev.azimuth.health.Check;
import dev.azimuth.health.Content;
import dev.azimuth.health.Report;
import dev.azimuth.health.Secure;
import dev.azimuth.health.Target;
import dev.azimuth.health.Timing;
import dev.azimuth.steering.Addresses;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a target is called on disk: the SHA-256 of where it is and what is asked there, since that
 * may hold credentials. What is digested is a line for each part, {@code NAME LENGTH VALUE}. A part
 * that a check does not have leaves no line: one that is new to the language, and is not used,
 * leaves every key as it was.
 */
final class TargetKey {
  private final MessageDigest sha;

  private TargetKey() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** In hexadecimal digits. */
  static String of(Target target) {
    TargetKey key = new TargetKey();
    key.part("address", Addresses.text(target.address()));
    key.part("port", target.port());
    key.text("about", target.about());
    key.check(target.check());
    key.timing(target.check().timing());
    return HexFormat.of().formatHex(key.sha.digest());
  }

  private void part(String name, Object value) {
    String text = value.toString();
    String line = name + ' ' + text.length() + ' ' + text + '\n';
    sha.update(line.getBytes(StandardCharsets.UTF_8));
  }

  private void given(String name, @Nullable Object value) {
    if (value != null) {
      part(name, value);
    }
  }

  private void text(String name, String value) {
    if (!value.isEmpty()) {
      part(name, value);
    }
  }

  private void flag(String name, boolean value) {
    if (value) {
      part(name, true);
    }
  }

  /** What of address and port a check says itself is in the target. */
  private void check(Check check) {
    switch (check) {
      case Check.Http(
              var secure,
              var request,
              var expected,
              var http2,
              var keep,
              var report,
              _,
              _,
              _) -> {
        part("kind", "http");
        secure(secure);
        request(request);
        expected.statuses().forEach(range -> part("status", range.from() + "-" + range.to()));
        expected.contents().forEach(this::content);
        flag("http2", http2);
        flag("keep", keep);
        report(report);
      }
      case Check.Tcp(var send, var expect, _, _, _) -> {
        part("kind", "tcp");
        text("send", send.text());
        content(expect);
      }
      case Check.Handshake(var secure, _, _, _) -> {
        part("kind", "tls");
        secure(secure);
      }
      case Check.Udp(var send, var expect, _, _, _) -> {
        part("kind", "udp");
        text("send", send.text());
        content(expect);
      }
      case Check.Dns(var name, var type, var expect, var rcode, var tcp, _, _, _) -> {
        part("kind", "dns");
        part("name", name);
        part("type", type);
        expect.forEach(data -> part("data", data));
        part("rcode", rcode);
        flag("tcp", tcp);
      }
      case Check.Grpc(var secure, var service, var host, _, _, _) -> {
        part("kind", "grpc");
        secure(secure);
        text("service", service);
        given("host", host);
      }
      case Check.Ping _ -> part("kind", "icmp");
      case Check.Program(var words, _, _, _) -> {
        part("kind", "command");
        words.forEach(word -> part("word", word));
      }
      case Check.StateFile(var path, var expires, _) -> {
        part("kind", "file");
        part("path", path);
        part("expires", expires);
      }
      case Check.Heartbeat(var expires, _) -> {
        part("kind", "heartbeat");
        part("expires", expires);
      }
      case Check.Told _ -> part("kind", "told");
    }
  }

  /** Of certificates of one's own the files: a renewal changes nothing. */
  private void secure(@Nullable Secure secure) {
    if (secure == null) {
      return;
    }
    part("verify", secure.verify());
    given("sni", secure.name());
    given("authority", secure.authority());
    given("identity", secure.identity());
    Secure.Expiry expiry = secure.expiry();
    if (expiry != null) {
      part("warn", expiry.warn());
      part("fail", expiry.fail());
    }
  }

  /** Of what comes from files the files: nobody who has the key can try values out. */
  private void request(Check.Request request) {
    part("method", request.method());
    part("path", request.path());
    given("host", request.host());
    for (Check.Header header : request.headers()) {
      part("header", header.name());
      Path file = header.file();
      if (file == null) {
        part("value", header.value());
      } else {
        part("file", file);
      }
    }
    text("body", request.body().text());
  }

  private void content(@Nullable Content content) {
    switch (content) {
      case Content.Contains(var octets) -> part("contains", octets.text());
      case Content.Matches(var regex) -> part("matches", regex);
      case Content.Json(var pointer, var value) -> {
        part("field", pointer);
        part("equals", value);
      }
      case null -> {}
    }
  }

  private void report(@Nullable Report report) {
    if (report == null) {
      return;
    }
    flag("load", report.load());
    switch (report.source()) {
      case Report.Source.Header(var name) -> part("reported", name);
      case Report.Source.Json(var pointer) -> part("reported_field", pointer);
    }
  }

  private void timing(Timing timing) {
    part("every", timing.every());
    part("retry", timing.retry());
    part("timeout", timing.timeout());
    part("rise", timing.rise());
    part("fall", timing.fall());
    Timing.FallOf isolated = timing.fallOf();
    if (isolated != null) {
      part("failures", isolated.failures());
      part("probes", isolated.probes());
    }
    Timing.HoldDown hold = timing.holdDown();
    if (hold != null) {
      part("falls", hold.falls());
      part("within", hold.within());
      part("lasts", hold.lasts());
    }
    if (!timing.backoff().isZero()) {
      part("backoff", timing.backoff());
    }
  }
}
