package dev.azimuth.app.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The configuration that the demo runs: an ordinary file, worth reading. */
final class DemoConfiguration {
  static final String NAME = "www.demo.example";

  private DemoConfiguration() {}

  /**
   * @param port of UDP and TCP on 127.0.0.1
   * @param adminPort of the admin listener on 127.0.0.1
   */
  static String of(int port, int adminPort, Path stateDir, List<DemoBackend> backends) {
    return """
        server:
          listen: [ "127.0.0.1:%d" ]
          workers: 1
          state_dir: "%s"
          admin: "127.0.0.1:%d"
        checks:
          web: { http: /healthz, every: 1s, retry: 200ms, timeout: 500ms, rise: 2, fall: 2 }
        pools:
        %szones:
          demo.example:
            ttl: 1s..5s
            records: |
              @   SOA ns1 hostmaster 0 1h 15m 7d 60
              @   NS  ns1
              ns1 A   127.0.0.1
            names:
              www: { to: [ eu, us ] }
        """
        .formatted(port, stateDir, adminPort, pools(backends));
  }

  private static String pools(List<DemoBackend> backends) {
    Map<String, List<DemoBackend>> pools =
        backends.stream()
            .collect(Collectors.groupingBy(DemoBackend::pool, TreeMap::new, Collectors.toList()));
    var text = new StringBuilder();
    pools.forEach(
        (pool, members) -> {
          text.append(
              "  %s:\n    check: web\n    failback_hold: 3s\n    backends:\n".formatted(pool));
          for (DemoBackend backend : members) {
            text.append(
                "      %s: { address: %s, port: %d, weight: %d }\n"
                    .formatted(
                        backend.name(), backend.address(), backend.port(), backend.weight()));
          }
        });
    return text.toString();
  }
}
