package dev.azimuth.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.cli.Engine;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeEngineTest {
  private @TempDir Path folder;

  @Test
  void anAdminPortInUseIsNamedAndTheStateDirectoryFreeAgain() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Path file =
          Files.writeString(
              folder.resolve("azimuth.yaml"),
              """
              server: { listen: [ "127.0.0.1:0" ], admin: "127.0.0.1:%d", state_dir: state }
              zones:
                example.com:
                  records: |
                    @   SOA ns1 hostmaster 0 1h 15m 7d 60
                    @   NS  ns1
                    ns1 A   203.0.113.53
              """
                  .formatted(taken.getLocalPort()));
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> new NodeEngine().start(file, false))
            .isInstanceOf(Engine.NotStarted.class)
            .hasMessageStartingWith("TCP port " + taken.getLocalPort() + " on 127.0.0.1");
      }
    }
  }
}
