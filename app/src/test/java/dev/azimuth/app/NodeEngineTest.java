package dev.azimuth.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.cli.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeEngineTest {
  private @TempDir Path folder;

  private Path write(String server) throws IOException {
    return Files.writeString(
        folder.resolve("azimuth.yaml"),
        """
        server: { %s }
        zones:
          example.com:
            records: |
              @   SOA ns1 hostmaster 0 1h 15m 7d 60
              @   NS  ns1
              ns1 A   203.0.113.53
        """
            .formatted(server));
  }

  @Test
  void aStartThatFailsSaysWhatToDo() throws IOException {
    Path file = write("listen: [ \"192.0.2.1:5300\" ], state_dir: state");
    assertThatThrownBy(() -> new NodeEngine().start(file, false))
        .isInstanceOf(Engine.NotStarted.class)
        .hasMessageStartingWith("UDP port 5300 on 192.0.2.1: ")
        .hasMessageEndingWith("; this machine does not have that address");
    Files.writeString(folder.resolve("taken"), "a file");
    write("listen: [ \"127.0.0.1:0\" ], state_dir: taken");
    assertThatThrownBy(() -> new NodeEngine().start(file, false))
        .isInstanceOf(Engine.NotStarted.class)
        .hasMessageStartingWith("server.state_dir " + folder.resolve("taken") + " cannot be used")
        .hasMessageEndingWith("it has to be a directory that this user can write");
  }

  @Test
  void anAdminPortInUseIsNamedAndTheStateDirectoryFreeAgain() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Path file =
          write(
              "listen: [ \"127.0.0.1:0\" ], admin: \"127.0.0.1:%d\", state_dir: state"
                  .formatted(taken.getLocalPort()));
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> new NodeEngine().start(file, false))
            .isInstanceOf(Engine.NotStarted.class)
            .hasMessageStartingWith("TCP port " + taken.getLocalPort() + " on 127.0.0.1");
      }
    }
  }

  /** Java takes both families of a wildcard, so its port is not tried before it is opened. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::]"})
  void aHeartbeatPortInUseIsNamedWithItsHolderAndTheWayOut(String host) throws Exception {
    Files.writeString(folder.resolve("secret"), "a-secret-of-enough-characters\n");
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      Path file = write("listen: [ \"127.0.0.1:0\" ], state_dir: state");
      Files.writeString(
          file,
          "health: { heartbeats: { listen: \"%s:%d\", secret: { file: secret } } }%n"
              .formatted(host, port),
          StandardOpenOption.APPEND);
      assertThatThrownBy(() -> new NodeEngine().start(file, false))
          .isInstanceOf(Engine.NotStarted.class)
          .hasMessageStartingWith("TCP port %d on ".formatted(port))
          .hasMessageContaining("is in use by this node itself") // this process has it
          .hasMessageEndingWith("use another port, or restart the node");
    }
  }
}
