package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of a forward layer that are shipped, as they are but for ports and times. */
class ForwardSamplesTest {
  private static final Path SAMPLES = Path.of("../deploy/samples");
  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;
  private final List<TestBackend> backends = new ArrayList<>();
  private final List<TestProxy> proxies = new ArrayList<>();
  private AzimuthProcess node;

  @AfterEach
  void stop() throws IOException {
    if (node != null) {
      node.close();
    }
    for (TestBackend backend : backends) {
      backend.close();
    }
    for (TestProxy proxy : proxies) {
      proxy.close();
    }
  }

  /** A sample with these ports in the place of 8001 and so on. */
  private static String sample(String name, List<Integer> ports) throws IOException {
    String yaml =
        Files.readString(SAMPLES.resolve(name))
            .replaceAll("(?m)^server:.*\n", "")
            .replace("tcp://127.0.0.1:8000", "tcp://127.0.0.1:0")
            .replaceAll("every: [0-9a-z]+", "every: 200ms, retry: 100ms")
            .replace("retry: 100ms, retry: 500ms", "retry: 100ms")
            .replace("failback_hold: 30s", "failback_hold: 0s");
    for (int i = 0; i < ports.size(); i++) {
      yaml = yaml.replace("port: " + (8001 + i), "port: " + ports.get(i));
    }
    return yaml;
  }

  private int start(String yaml) throws Exception {
    node = AzimuthProcess.start(folder, yaml, Options.USUAL);
    Matcher listener = LISTENER.matcher(node.get("/status").body());
    assertThat(listener.find()).isTrue();
    return Integer.parseInt(listener.group(1));
  }

  private List<Integer> servers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      backends.addAll(TestBackend.on("127.0.0.1"));
    }
    return backends.stream().map(TestBackend::port).toList();
  }

  private static String ask(int port, String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 20_000);
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static boolean served(int port) {
    try {
      return ask(port, "GET /work HTTP/1.0\r\n\r\n").startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void eachConnectionGoesToTheNextServerAndEditsCount() throws Exception {
    List<Integer> ports = servers(4);
    String yaml = sample("forward-to-local-servers.yaml", ports.subList(0, 3));
    int port = start(yaml);
    for (int i = 0; i < 9; i++) {
      assertThat(served(port)).isTrue();
    }
    assertThat(backends.subList(0, 3)).extracting(TestBackend::requests).containsOnly(3);
    backends.get(1).become(Mood.REFUSING);
    for (int i = 0; i < 20; i++) {
      assertThat(served(port)).as("another one takes it, checks or not").isTrue();
    }
    assertThat(backends.get(1).requests()).isEqualTo(3);
    node.write(yaml.replace("port: " + ports.getFirst(), "port: " + ports.getLast()));
    Patience.until(() -> served(port) && backends.getLast().requests() > 0);
    int before = backends.getFirst().requests();
    for (int i = 0; i < 6; i++) {
      assertThat(served(port)).isTrue();
    }
    assertThat(backends.getFirst().requests()).as("it is no longer listed").isEqualTo(before);
  }

  @Test
  void proxiesGetPlainRequestsAndTunnels() throws Exception {
    for (int i = 0; i < 3; i++) {
      proxies.add(new TestProxy(Integer.toString(i)));
    }
    int port =
        start(sample("forward-to-proxies.yaml", proxies.stream().map(TestProxy::port).toList()));
    String plain = ask(port, "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n");
    assertThat(plain).matches("(?s)HTTP/1.1 200 OK\r\n.*proxy ([0-2]) GET http://a.example/");
    String who = plain.substring(plain.indexOf("proxy "), plain.indexOf("proxy ") + 7);
    for (int i = 0; i < 10; i++) {
      assertThat(ask(port, "GET http://b.example/ HTTP/1.1\r\n\r\n"))
          .as("a client stays with its proxy")
          .contains(who);
    }
    try (Socket tunnel = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      tunnel.setSoTimeout(10_000);
      tunnel
          .getOutputStream()
          .write("CONNECT a.example:443 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = tunnel.getInputStream();
      assertThat(TestProxy.head(in)).startsWith("HTTP/1.1 200");
      byte[] octets = new byte[100_000];
      for (int i = 0; i < octets.length; i++) {
        octets[i] = (byte) (i * 31);
      }
      Thread writer = Thread.ofVirtual().start(() -> write(tunnel, octets));
      assertThat(in.readNBytes(octets.length)).isEqualTo(octets);
      writer.join();
      tunnel.shutdownOutput();
      assertThat(in.read()).as("the end comes back too").isEqualTo(-1);
    }
  }

  private static void write(Socket socket, byte[] octets) {
    try {
      socket.getOutputStream().write(octets);
    } catch (IOException e) {
      // Whoever waits for them sees it.
    }
  }

  @Test
  void theSecondServerHasWhatTheFirstDoesNotAnswer() throws Exception {
    int port = start(sample("forward-with-failover.yaml", servers(2)));
    TestBackend first = backends.getFirst();
    TestBackend second = backends.getLast();
    assertThat(served(port)).isTrue();
    first.become(Mood.HANGING);
    Patience.until(() -> served(port));
    assertThat(node.get("/metrics").body())
        .containsPattern("azimuth_balancer_rescued_total\\{[^}]*} [1-9]");
    first.become(Mood.HEALTHY);
    Patience.until(
        () ->
            node.get("/status")
                .body()
                .replaceAll("\\s", "")
                .contains("\"backend\":\"first/a\",\"weight\""));
    second.become(Mood.REFUSING);
    assertThat(served(port)).isTrue();
  }

  /** An HTTP proxy that answers plain requests itself, and whose tunnels lead back. */
  private static final class TestProxy implements AutoCloseable {
    private final String name;
    private final ServerSocket server;

    TestProxy(String name) throws IOException {
      this.name = name;
      server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return server.getLocalPort();
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException e) {
          // Closed by the test.
        }
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        String head = head(socket.getInputStream());
        String line = head.substring(0, head.indexOf(" HTTP/"));
        if (line.startsWith("CONNECT ")) {
          answer(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
          socket.getInputStream().transferTo(socket.getOutputStream());
        } else {
          answer(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nproxy " + name + " " + line);
        }
      } catch (IOException | StringIndexOutOfBoundsException e) {
        // A probe, which says nothing.
      }
    }

    private static void answer(Socket socket, String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Everything up to the first empty line. */
    static String head(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int octet = in.read();
        if (octet < 0) {
          return head.toString();
        }
        head.append((char) octet);
      }
      return head.toString();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
