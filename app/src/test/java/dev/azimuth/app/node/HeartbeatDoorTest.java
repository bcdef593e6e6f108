package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.admin.HeartbeatToken;
import dev.azimuth.app.config.HealthConfig.HeartbeatListener;
import dev.azimuth.health.Heartbeats;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatDoorTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private Path secret;
  private HeartbeatListener first;
  private HeartbeatListener second;

  @BeforeEach
  void listeners() throws IOException {
    secret = Files.writeString(folder.resolve("a"), "a".repeat(32));
    Path other = Files.writeString(folder.resolve("b"), "b".repeat(32));
    first = new HeartbeatListener(free(), secret);
    second = new HeartbeatListener(free(), other);
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static InetSocketAddress free() throws IOException {
    for (int attempt = 0; ; attempt++) {
      // Below those from which the system gives out: nobody is given it before it is used.
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      } catch (BindException e) {
        if (attempt == 20) {
          throw e;
        }
      }
    }
  }

  private HeartbeatDoor door(HeartbeatListener wanted) {
    return new HeartbeatDoor(new Heartbeats(), () -> 0, wanted);
  }

  /** 404 for a token that is right, since no heartbeat is awaited of anybody; 401 for others. */
  private int status(HeartbeatListener at, Path of) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + at.listen().getPort() + "/heartbeat/eu/a"))
            .header("Authorization", "Bearer " + new HeartbeatToken(of).of("eu/a"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private void closed(HeartbeatListener at) {
    assertThatThrownBy(() -> status(at, secret)).isInstanceOf(ConnectException.class);
  }

  @Test
  void itIsOpenOnlyWhileThisProcessListens() throws Exception {
    try (HeartbeatDoor door = door(first)) {
      closed(first);
      door.open();
      assertThat(status(first, secret)).isEqualTo(404);
      door.shut();
      closed(first);
      door.open();
      assertThat(status(first, secret)).isEqualTo(404);
    }
  }

  @Test
  void aReloadMovesOpensAndClosesIt() throws Exception {
    try (HeartbeatDoor door = door(null)) {
      door.open();
      door.prepare(first);
      assertThat(status(first, secret)).as("before it is in force").isEqualTo(404);
      door.adopt(first);
      assertThat(status(first, secret)).isEqualTo(404);
      door.prepare(second);
      assertThat(status(first, secret)).isEqualTo(404);
      door.adopt(second);
      closed(first);
      assertThat(status(second, second.secret())).isEqualTo(404);
      door.adopt(null);
      closed(second);
    }
  }

  @Test
  void aReloadChangesTheSecret() throws Exception {
    try (HeartbeatDoor door = door(first)) {
      door.open();
      HeartbeatListener other = new HeartbeatListener(first.listen(), second.secret());
      door.prepare(other);
      assertThat(status(first, secret)).as("before it is in force").isEqualTo(404);
      door.adopt(other);
      assertThat(status(first, secret)).isEqualTo(401);
      assertThat(status(first, second.secret())).isEqualTo(404);
    }
  }

  @Test
  void whatCannotBeOpenedLeavesItAsItWas() throws Exception {
    try (HeartbeatDoor door = door(first);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HeartbeatListener busy =
          new HeartbeatListener(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()),
              secret);
      door.open();
      assertThatThrownBy(() -> door.prepare(busy)).isInstanceOf(BindException.class);
      assertThat(status(first, secret)).isEqualTo(404);
      try (HeartbeatDoor shut = door(busy)) {
        assertThatThrownBy(shut::open).isInstanceOf(BindException.class);
      }
    }
  }

  @Test
  void whatWasPreparedInVainIsClosed() throws Exception {
    try (HeartbeatDoor door = door(first)) {
      door.open();
      door.prepare(second);
      door.discard();
      closed(second);
      assertThat(status(first, secret)).isEqualTo(404);
    }
  }
}
