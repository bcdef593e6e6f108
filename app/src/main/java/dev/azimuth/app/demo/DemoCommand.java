package dev.azimuth.app.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.azimuth.app.cli.Engine;
import dev.azimuth.app.cli.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that shows what Azimuth is, with a real node and real backends on this machine. */
@Command(
    name = "demo",
    description = {
      "Runs a name server to try, with three backends, on this machine only.",
      "Prints what to ask it, then a line whenever its answers change. Typed numbers make backends"
          + " fail. Nothing is left behind.",
    },
    footerHeading = "%nExamples%n",
    footer = {"  azimuth demo", "  azimuth demo --for 10s"})
public final class DemoCommand implements Callable<Integer> {
  private static final int USUAL_PORT = 5300;
  private static final int USUAL_ADMIN_PORT = 8053;

  private final Engine engine;
  private final Terminal terminal;
  private final InputStream in;
  private final InstantSource clock;
  private final LinkedBlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Stop after this long, such as 10s; else on q, Ctrl-C or SIGTERM.")
  private @Nullable Duration lasts;

  /**
   * @param in what is typed; its end only ends the typing
   */
  public DemoCommand(Engine engine, Terminal terminal, InputStream in, InstantSource clock) {
    this.engine = engine;
    this.terminal = terminal;
    this.in = in;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
    var finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(finished), "stop"));
    Thread.ofVirtual().name("typed").start(this::read);
    try {
      run();
    } finally {
      finished.countDown();
    }
    return 0;
  }

  private void run() throws Exception {
    Path folder = Files.createTempDirectory("azimuth-demo");
    var backends = new ArrayList<DemoBackend>();
    try {
      backends.addAll(backends());
      int port = freePort(USUAL_PORT);
      int adminPort = freePort(USUAL_ADMIN_PORT);
      Path state = Files.createDirectory(folder.resolve("state"));
      Path config = folder.resolve("azimuth.yaml");
      Files.writeString(config, DemoConfiguration.of(port, adminPort, state, backends));
      InetAddress here = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      var dns = new InetSocketAddress(here, port);
      var demo = new Demo(backends, terminal, clock);
      try (Engine.Running _ = engine.start(config, false);
          var client = new DemoClient(dns, DemoConfiguration.NAME)) {
        demo.introduce(dns, new InetSocketAddress(here, adminPort), config, state.resolve("token"));
        Instant until = lasts == null ? null : clock.instant().plus(lasts);
        demo.run(client, lines, until);
      }
    } finally {
      backends.forEach(DemoBackend::close);
      delete(folder);
    }
  }

  private static List<DemoBackend> backends() throws IOException, Engine.NotStarted {
    var made = new ArrayList<DemoBackend>();
    try {
      made.add(new DemoBackend("eu", "fra1", loopback(11), 3));
      made.add(new DemoBackend("eu", "fra2", loopback(12), 1));
      made.add(new DemoBackend("us", "iad1", loopback(21), 1));
      return made;
    } catch (BindException e) {
      made.forEach(DemoBackend::close);
      throw new Engine.NotStarted(
          """
          The demo's backends live on 127.0.0.11, .12 and .21, which this system does not have.
          On macOS: for i in 11 12 21; do sudo ifconfig lo0 alias 127.0.0.$i; done""",
          e);
    }
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  /** The port that is asked for if UDP and TCP are free there on 127.0.0.1, else another. */
  private static int freePort(int wanted) throws IOException {
    for (int port = wanted; port < wanted + 100; port++) {
      var address = new InetSocketAddress(loopback(1), port);
      try (var tcp = new ServerSocket();
          var udp = new DatagramSocket(null)) {
        tcp.bind(address);
        udp.bind(address);
        return port;
      } catch (BindException e) {
        // Somebody else's: the next one.
      }
    }
    throw new IOException("no free port on 127.0.0.1 from " + wanted + " on");
  }

  private void read() {
    try (var typed = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = typed.readLine(); line != null; line = typed.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      // No more typing, like the end of the input.
    }
    lines.add(Optional.empty());
  }

  private void stop(CountDownLatch finished) {
    lines.add(Optional.of("q"));
    try {
      if (!finished.await(5, TimeUnit.SECONDS)) {
        terminal.err().println("the demo did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
