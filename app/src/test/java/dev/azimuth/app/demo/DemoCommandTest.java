package dev.azimuth.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.app.cli.Azimuth;
import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.cli.Ink;
import dev.azimuth.app.cli.Terminal;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.whatif.Assumptions;
import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.steering.Explanation;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

class DemoCommandTest {
  private final StringWriter out = new StringWriter();
  private final OneAddressEngine engine = new OneAddressEngine();

  @Test
  void saysWhatToTryAndWhatIsAnsweredAndLeavesNothingBehind() {
    assertThat(run(InputStream.nullInputStream(), "--for", "1s")).isZero();
    assertThat(out.toString())
        .contains("dig @127.0.0.1 -p " + engine.port + " www.demo.example")
        .contains("Nothing can be typed here")
        .contains("1  eu/fra1  http://127.0.0.11:");
    assertThat(engine.stopped).isTrue();
    assertThat(engine.config).doesNotExist();
    assertThat(engine.config.getParent()).doesNotExist();
  }

  @Test
  void saysWhatIsAnsweredAsSoonAsItIs() {
    Pattern answer = Pattern.compile("www\\.demo\\.example  eu/fra1 127\\.0\\.0\\.11 100 %\n");
    assertThat(run(typedWhenSaid(answer, "q\n"))).isZero();
    assertThat(out.toString()).containsPattern(answer);
  }

  /** A user who reads first. */
  private InputStream typedWhenSaid(Pattern awaited, String text) {
    return new FilterInputStream(typed(text)) {
      @Override
      public int read() throws IOException {
        awaitSaid();
        return super.read();
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        awaitSaid();
        return super.read(into, from, length);
      }

      private void awaitSaid() {
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> awaited.matcher(out.toString()).find());
      }
    };
  }

  @Test
  void aNumberMakesABackendFailAndQEnds() {
    engine.probe = true;
    assertThat(run(typed("1\nnine\nq\n"))).isZero();
    assertThat(out.toString()).contains("eu/fra1 fails from now on").contains("1 to 3, or q");
    assertThat(engine.before).isEqualTo(200);
    assertThat(engine.after).isEqualTo(503);
  }

  private int run(InputStream in, String... arguments) {
    var terminal = new Terminal(new PrintWriter(out), new PrintWriter(out), Ink.PLAIN);
    var command = new DemoCommand(engine, terminal, in, InstantSource.system());
    var line = new String[arguments.length + 1];
    line[0] = "demo";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return Azimuth.commandLine(terminal, List.of(command)).execute(line);
  }

  private static InputStream typed(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers every query on the configured port with the address of the first backend. */
  private static final class OneAddressEngine implements Engine {
    @Override
    public String heartbeatToken(Path config, String backend) {
      throw new UnsupportedOperationException();
    }

    private static final Pattern LISTEN = Pattern.compile("listen: \\[ \"127.0.0.1:([0-9]+)\"");
    private static final Pattern BACKEND =
        Pattern.compile("address: (127\\.0\\.0\\.11), port: ([0-9]+)");

    private Path config;
    private int port;
    private boolean probe;
    private boolean stopped;
    private int before;
    private int after;

    @Override
    public Running start(Path file, boolean takeOver) {
      config = file;
      try {
        String text = Files.readString(file);
        port = Integer.parseInt(group(LISTEN, text, 1));
        URI health = URI.create("http://127.0.0.11:" + group(BACKEND, text, 2) + "/healthz");
        before = probe ? ask(health) : 0;
        var socket =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual().start(() -> answer(socket));
        return new Running() {
          @Override
          public Node node() {
            return new FakeNode();
          }

          @Override
          public void awaitEnd() {
            // the demo waits for its user
          }

          @Override
          public void hurry() {
            // nobody is waited for
          }

          @Override
          public void close() {
            after = probe ? ask(health) : 0;
            socket.close();
            stopped = true;
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String group(Pattern pattern, String text, int group) {
      var matcher = pattern.matcher(text);
      assertThat(matcher.find()).isTrue();
      return matcher.group(group);
    }

    private static int ask(URI health) {
      try (var http = HttpClient.newHttpClient()) {
        return http.send(
                HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.discarding())
            .statusCode();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void answer(DatagramSocket socket) {
      var packet = new DatagramPacket(new byte[512], 512);
      try {
        while (true) {
          packet.setLength(512);
          socket.receive(packet);
          var message = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
          message.addRecord(
              new ARecord(
                  message.getQuestion().getName(),
                  1,
                  5,
                  InetAddress.getByAddress(new byte[] {127, 0, 0, 11})),
              Section.ANSWER);
          byte[] reply = message.toWire();
          socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // Closed: the demo is over.
      }
    }

    @Override
    public String version() {
      return "0.1.0";
    }

    @Override
    public String validate(Path file, boolean colour) {
      return "";
    }

    @Override
    public String expand(Path file) {
      return "";
    }

    @Override
    public String schema() {
      return "{}";
    }

    @Override
    public Explanation explain(Path file, List<String> down, Question question) {
      return FakeNode.explanation("offline");
    }

    @Override
    public Forecast plan(
        Path before, Path after, Assumptions assumptions, DoubleConsumer progress) {
      throw new AssertionError("the demo forecasts nothing");
    }

    @Override
    public Forecast simulate(
        Path config, List<String> down, Assumptions assumptions, DoubleConsumer progress) {
      throw new AssertionError("the demo forecasts nothing");
    }

    @Override
    public AdminPlace admin(Path file) {
      return null;
    }
  }
}
