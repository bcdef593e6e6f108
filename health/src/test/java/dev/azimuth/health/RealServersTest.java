package dev.azimuth.health;

import static dev.azimuth.health.Samples.GOOD;
import static dev.azimuth.health.Samples.kept;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of check against nginx, unbound and gRPC's own implementation. */
class RealServersTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);
  private static final Timing OFTEN = timing(100, 50, 20_000, 1, 1);
  private static final OptionalInt NO_PORT = OptionalInt.empty();

  @TempDir private Path folder;

  private static Check.Http http(Secure secure, String path, boolean http2, Content... contents) {
    return Samples.http(
        secure,
        Check.Request.get(path, "www.example.com"),
        new Check.Expected(List.of(GOOD), List.of(contents)),
        http2,
        PATIENT);
  }

  private static Secure trusting(Authority authority) throws Exception {
    return new Secure(
        true,
        "www.example.com",
        new Secure.Authority(Path.of("ca.pem"), List.of(authority.root())),
        new Secure.Expiry(Duration.ofDays(14), Duration.ofDays(2)));
  }

  private static ProbeResult good(Target target) throws Exception {
    ProbeResult result = Watcher.probe(target);
    assertThat(result.code()).as(result.toString()).isEqualTo(Code.L7OK);
    return result;
  }

  private RealServer nginx(int plain, int plain2, int tls, int tls11) throws Exception {
    String nginx = RealServer.program("/usr/sbin/nginx", "/usr/local/sbin/nginx");
    String servers =
        """
        location = /healthz { default_type application/json; add_header X-Weight 40;
          return 200 '{"status": {"health": "ok"}, "load": 25}'; }
        location = /large { default_type text/plain; alias large; }
        location = /post { return 200 $request_method:$http_x_probe:$content_length; }
        location = /count { return 200 $connection_requests; }
        location / { return 503; }
        """;
    String certificate = "ssl_certificate cert.pem; ssl_certificate_key key.pem;";
    Files.writeString(folder.resolve("large"), "x".repeat(100_000));
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off; master_process off; pid nginx.pid; error_log stderr;
        events { worker_connections 100; }
        http {
          access_log off; keepalive_timeout 60;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server { listen 127.0.0.1:%d; %s }
          server { listen 127.0.0.1:%d http2; %s }
          server { listen 127.0.0.1:%d ssl http2; %s %s }
          server { listen 127.0.0.1:%d ssl; %s %s }
        }
        """
            .formatted(
                plain,
                servers,
                plain2,
                servers,
                tls,
                certificate,
                servers,
                tls11,
                certificate,
                servers));
    return RealServer.start(
        folder, tls, nginx, "-p", folder.toString(), "-e", "stderr", "-c", "nginx.conf");
  }

  @Test
  void nginxOverHttp11AndHttp2WithAndWithoutTls() throws Exception {
    RealServer.program("/usr/sbin/nginx", "/usr/local/sbin/nginx");
    Authority authority = new Authority(folder);
    Secure secure = trusting(authority);
    authority
        .issue("www.example.com", "-validity", "90")
        .write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    int[] ports = {
      RealServer.freePort(), RealServer.freePort(), RealServer.freePort(), RealServer.freePort()
    };
    try (RealServer _ = nginx(ports[0], ports[1], ports[2], ports[3])) {
      for (int i = 0; i < 5; i++) {
        boolean http2 = i == 1 || i == 2;
        Secure over = i < 2 ? null : secure;
        int port = ports[Math.min(i, 3)];
        if (i == 4) {
          port = ports[2]; // the same server over HTTP/1.1
        }
        Content ok = new Content.Json("/status/health", "ok");
        assertThat(good(target(port, http(over, "/healthz", http2, ok))).detail())
            .isEqualTo("status 200");
        ProbeResult bad = Watcher.probe(target(port, http(over, "/", http2)));
        assertThat(bad.code()).isEqualTo(Code.L7STS);
        assertThat(bad.detail()).isEqualTo("status 503");
        assertThat(
                Watcher.probe(
                        target(
                            port,
                            http(over, "/large", http2, new Content.Contains(new Octets("y")))))
                    .detail())
            .isEqualTo("status 200, not the expected text");
        reports(port, over, http2);
        posts(port, over, http2);
        keeps(port, over, http2);
      }
      notHttp2(ports[3], secure);
      handshake(ports[2], secure);
    }
  }

  private static void reports(int port, Secure secure, boolean http2) throws Exception {
    Check.Http plain = http(secure, "/healthz", http2);
    Report inHead = new Report(false, new Report.Source.Header("x-weight"));
    Report inBody = new Report(true, new Report.Source.Json("/load"));
    assertThat(good(target(port, Samples.reporting(plain, inHead))).weight()).isEqualTo(40);
    assertThat(good(target(port, Samples.reporting(plain, inBody))).weight()).isEqualTo(75);
  }

  private static void posts(int port, Secure secure, boolean http2) throws Exception {
    Check check =
        Samples.http(
            secure,
            new Check.Request(
                "POST",
                "/post",
                "www.example.com",
                List.of(new Check.Header("x-probe", "yes")),
                new Octets("12345")),
            new Check.Expected(
                List.of(GOOD), List.of(new Content.Contains(new Octets("POST:yes:5")))),
            http2,
            PATIENT);
    good(target(port, check));
  }

  /** nginx counts the requests of a connection: only the first is good here. */
  private static void keeps(int port, Secure secure, boolean http2) throws Exception {
    Check.Http check =
        Samples.http(
            secure,
            Check.Request.get("/count", "www.example.com"),
            new Check.Expected(List.of(GOOD), List.of(new Content.Matches(Regex.of("^1$")))),
            http2,
            OFTEN);
    try (Watcher watcher = new Watcher()) {
      Target target = target(port, kept(check));
      watcher.watch(target);
      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      for (int i = 0; i < 4; i++) {
        ProbeResult result = watcher.nextVerdict(target);
        assertThat(result.detail()).isEqualTo("status 200, does not match");
      }
    }
  }

  private static void notHttp2(int port, Secure secure) throws Exception {
    ProbeResult result = Watcher.probe(target(port, http(secure, "/healthz", true)));
    assertThat(result.code()).isEqualTo(Code.L6RSP);
    assertThat(result.detail()).matches(".*(h2|no_application_protocol).*");
  }

  private static void handshake(int port, Secure secure) throws Exception {
    Check check = new Check.Handshake(secure, null, NO_PORT, PATIENT);
    assertThat(Watcher.probe(target(port, check)).code()).isEqualTo(Code.L6OK);
    Secure strict =
        new Secure(
            true,
            "www.example.com",
            secure.authority(),
            new Secure.Expiry(Duration.ofDays(200), Duration.ofDays(100)));
    ProbeResult ending =
        Watcher.probe(target(port, new Check.Handshake(strict, null, NO_PORT, PATIENT)));
    assertThat(ending.code()).isEqualTo(Code.L6RSP);
    assertThat(ending.detail()).isEqualTo("certificate ends in 89 d");
  }

  private static Check dns(String name, int type, int rcode, boolean tcp, String... expect) {
    return new Check.Dns(name, type, List.of(expect), rcode, tcp, null, NO_PORT, PATIENT);
  }

  @Test
  void nginxWithCertificatesThatClientsRefuse() throws Exception {
    RealServer.program("/usr/sbin/nginx", "/usr/local/sbin/nginx");
    Authority authority = new Authority(folder);
    Map<String, Authority.Issued> refused =
        Map.of(
            "certificate is for no alternative name",
            authority.issueSubject("www.example.com"),
            "certificate is for w*.example.com",
            authority.issueSubject("part", "-ext", Keytool.alternativeName("w*.example.com")),
            "certificate is not for servers",
            authority.issue("www.example.com", "-ext", "eku=clientAuth"));
    for (Map.Entry<String, Authority.Issued> each : refused.entrySet()) {
      each.getValue().write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
      int port = RealServer.freePort();
      try (RealServer _ =
          nginx(RealServer.freePort(), RealServer.freePort(), port, RealServer.freePort())) {
        ProbeResult result =
            Watcher.probe(target(port, http(trusting(authority), "/healthz", false)));
        assertThat(result.code()).isEqualTo(Code.L6RSP);
        assertThat(result.detail()).isEqualTo(each.getKey());
      }
    }
  }

  @Test
  void nginxThatAsksForACertificate() throws Exception {
    String nginx = RealServer.program("/usr/sbin/nginx", "/usr/local/sbin/nginx");
    Authority authority = new Authority(folder);
    authority
        .issue("www.example.com", "-validity", "90")
        .write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    Authority.Issued own = authority.issue("probe.example.com", "-validity", "90");
    Path chain = folder.resolve("own.pem");
    Path key = folder.resolve("own.key");
    own.write(chain, key);
    new Authority.Issued(authority.root(), own.key())
        .write(folder.resolve("ca.pem"), folder.resolve("unused.pem"));
    int port = RealServer.freePort();
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off; master_process off; pid nginx.pid; error_log stderr;
        events { worker_connections 100; }
        http {
          access_log off;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d ssl http2;
            ssl_certificate cert.pem; ssl_certificate_key key.pem;
            ssl_verify_client on; ssl_client_certificate ca.pem;
            location / { return 200 "$ssl_client_verify"; }
          }
        }
        """
            .formatted(port));
    Secure none = trusting(authority);
    Secure shown =
        new Secure(
            true,
            none.name(),
            none.authority(),
            new Secure.Identity(chain, key, List.of(own.certificate()), PemKeys.read(key)),
            none.expiry());
    try (RealServer _ =
        RealServer.start(
            folder, port, nginx, "-p", folder.toString(), "-e", "stderr", "-c", "nginx.conf")) {
      for (boolean http2 : new boolean[] {false, true}) {
        Content success = new Content.Contains(Octets.utf8("SUCCESS"));
        good(target(port, http(shown, "/", http2, success)));
        ProbeResult refused = Watcher.probe(target(port, http(none, "/", http2)));
        assertThat(refused.code()).isEqualTo(Code.L7STS);
        assertThat(refused.detail()).isEqualTo("status 400");
      }
    }
  }

  @Test
  void unboundOverUdpAndTcp() throws Exception {
    String unbound = RealServer.program("/usr/sbin/unbound", "/usr/local/sbin/unbound");
    int port = RealServer.freePort();
    Files.writeString(
        folder.resolve("unbound.conf"),
        """
        server:
          interface: 127.0.0.1
          port: %d
          username: ""
          chroot: ""
          directory: "%s"
          pidfile: ""
          use-syslog: no
          do-daemonize: no
          module-config: "iterator"
          local-zone: "example.com." static
          local-zone: "secret.example." refuse
          local-data: "www.example.com. 60 A 192.0.2.1"
          local-data: "www.example.com. 60 A 192.0.2.2"
          local-data: "www.example.com. 60 AAAA 2001:db8::1"
          local-data: "example.com. 60 MX 10 mail.example.com."
          local-data: "example.com. 60 NS ns1.example.com."
          local-data: 'example.com. 60 TXT "all is well"'
          local-data: "example.com. 60 SOA ns1.example.com. admin.example.com. 1 2 3 4 5"
          local-data: "_x._tcp.example.com. 60 SRV 1 2 80 www.example.com."
        remote-control:
          control-enable: no
        """
            .formatted(port, folder));
    try (RealServer _ = RealServer.start(folder, port, unbound, "-d", "-c", "unbound.conf")) {
      for (boolean tcp : new boolean[] {false, true}) {
        good(target(port, dns("www.example.com", 1, 0, tcp)));
        good(target(port, dns("www.example.com", 1, 0, tcp, "192.0.2.2", "192.0.2.1")));
        good(target(port, dns("www.example.com", 28, 0, tcp, "2001:db8:0::1")));
        good(target(port, dns("example.com", 15, 0, tcp, "10 mail.example.com.")));
        good(target(port, dns("example.com", 2, 0, tcp, "NS1.example.com")));
        good(target(port, dns("example.com", 16, 0, tcp, "all is well")));
        good(target(port, dns("example.com", 6, 0, tcp)));
        good(target(port, dns("_x._tcp.example.com", 33, 0, tcp, "1 2 80 www.example.com")));
        good(target(port, dns("none.example.com", 1, 3, tcp)));
        good(target(port, dns("a.secret.example", 1, 5, tcp)));
        bad(port, dns("www.example.com", 1, 0, tcp, "192.0.2.9"), "answer without 192.0.2.9");
        bad(port, dns("www.example.com", 16, 0, tcp), "answer without data of the type");
        ProbeResult none = Watcher.probe(target(port, dns("none.example.com", 1, 0, tcp)));
        assertThat(none.code()).isEqualTo(Code.L7STS);
        assertThat(none.detail()).isEqualTo("NXDOMAIN");
      }
    }
  }

  private static void bad(int port, Check check, String detail) throws Exception {
    ProbeResult result = Watcher.probe(target(port, check));
    assertThat(result.code()).isEqualTo(Code.L7RSP);
    assertThat(result.detail()).isEqualTo(detail);
  }

  /** The health service by raw messages, so that no more than gRPC itself is needed. */
  private static final String GRPC_SERVER =
      """
      import concurrent.futures, grpc, sys
      STATUS = {b'': 1, b'good': 1, b'bad': 2, b'odd': 99}
      def check(request, context):
          service = request[2:]
          if service not in STATUS:
              context.abort(grpc.StatusCode.NOT_FOUND, 'unknown service')
          return bytes([8, STATUS[service]])
      handler = grpc.method_handlers_generic_handler('grpc.health.v1.Health',
          {'Check': grpc.unary_unary_rpc_method_handler(check)})
      read = lambda name: open(name, 'rb').read()
      servers = []
      for port, secure in (sys.argv[1], False), (sys.argv[2], True), (sys.argv[3], None):
          server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
          if secure is not None:
              server.add_generic_rpc_handlers((handler,))
          if secure:
              server.add_secure_port('127.0.0.1:' + port, grpc.ssl_server_credentials(
                  [(read('key.pem'), read('cert.pem'))]))
          else:
              server.add_insecure_port('127.0.0.1:' + port)
          server.start()
          servers.append(server)
      server.wait_for_termination()
      """;

  @Test
  void grpcsOwnServerWithAndWithoutTls() throws Exception {
    String python = RealServer.program("/usr/bin/python3");
    RealServer.needs("python3-grpcio", python, "-c", "import grpc");
    Authority authority = new Authority(folder);
    Secure secure = trusting(authority);
    authority.issue("www.example.com").write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    Files.writeString(folder.resolve("server.py"), GRPC_SERVER);
    int plain = RealServer.freePort();
    int tls = RealServer.freePort();
    int without = RealServer.freePort();
    try (RealServer _ =
        RealServer.start(
            folder, without, python, "server.py", "" + plain, "" + tls, "" + without)) {
      for (int port : new int[] {plain, tls}) {
        Secure over = port == tls ? secure : null;
        assertThat(good(target(port, grpc(over, ""))).detail()).isEqualTo("SERVING");
        good(target(port, grpc(over, "good")));
        status(port, grpc(over, "bad"), "NOT_SERVING");
        status(port, grpc(over, "odd"), "a serving status that is not known");
        status(port, grpc(over, "none"), "gRPC status 5 unknown service");
      }
      ProbeResult unimplemented = Watcher.probe(target(without, grpc(null, "")));
      assertThat(unimplemented.code()).isEqualTo(Code.L7STS);
      assertThat(unimplemented.detail()).startsWith("gRPC status 12");
    }
  }

  private static Check grpc(Secure secure, String service) {
    return new Check.Grpc(secure, service, "www.example.com", null, NO_PORT, PATIENT);
  }

  private static void status(int port, Check check, String detail) throws Exception {
    ProbeResult result = Watcher.probe(target(port, check));
    assertThat(result.code()).as(result.toString()).isEqualTo(Code.L7STS);
    assertThat(result.detail()).isEqualTo(detail);
  }
}
