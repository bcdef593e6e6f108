package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node as a process of its own, known only by what it prints and answers: of the test's class
 * path, or the product in the folder that the system property {@code azimuth.home} names.
 */
final class AzimuthProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static final Pattern UDP = Pattern.compile("listening udp (\\S+):(\\d+) \\(");
  private static final Pattern ADMIN = Pattern.compile("admin (http://\\S+:\\d+)");
  private static final Pattern READY = Pattern.compile("ready\\b.*");

  private final Process process;
  private final Path file;
  private final StringBuilder log = new StringBuilder(); // guarded by itself
  private final HttpClient http = HttpClient.newHttpClient();
  private InetSocketAddress dns;

  private AzimuthProcess(Path file) throws IOException {
    this.file = file;
    process = new ProcessBuilder(command("run", file.toString())).redirectErrorStream(true).start();
    Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @param folder for the configuration and the state; the test deletes it
   * @param yaml the configuration without its {@code server} part, which has free ports
   */
  static AzimuthProcess start(Path folder, String yaml) throws IOException {
    AzimuthProcess node = begin(folder, yaml);
    try {
      node.awaitLog(READY);
      MatchResult listening = node.awaitLog(UDP);
      node.dns =
          new InetSocketAddress(
              InetAddress.getByName(listening.group(1)), Integer.parseInt(listening.group(2)));
      return node;
    } catch (IOException | RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /** Starts a node and does not wait, because it is expected to fail. */
  static AzimuthProcess begin(Path folder, String yaml) throws IOException {
    Path file = folder.resolve("azimuth.yaml");
    Files.writeString(file, server(folder) + yaml);
    return new AzimuthProcess(file);
  }

  private static String server(Path folder) {
    return """
        server:
          listen: [ "127.0.0.1:0" ]
          workers: 1
          state_dir: %s
          admin: "127.0.0.1:0"
        """
        .formatted(folder.resolve("state"));
  }

  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    String home = System.getProperty("azimuth.home");
    if (home == null) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
      command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("dev.azimuth.app.Main");
    } else {
      command.add(Path.of(home, "bin", "azimuth").toString());
    }
    command.addAll(List.of(arguments));
    return command;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        append(line);
      }
    } catch (IOException e) {
      append("(the log broke off: " + e + ")");
    }
  }

  private void append(String line) {
    synchronized (log) {
      log.append(line).append('\n');
    }
  }

  /** Where it answers queries, over UDP and TCP. */
  InetSocketAddress dns() {
    return dns;
  }

  DnsClient client() throws IOException {
    return new DnsClient(dns);
  }

  long pid() {
    return process.pid();
  }

  /** Everything it has printed so far. */
  String log() {
    synchronized (log) {
      return log.toString();
    }
  }

  /** A place in the log, to look only at what comes after it. */
  int mark() {
    return log().length();
  }

  MatchResult awaitLog(Pattern wanted) throws IOException {
    return awaitLog(0, wanted);
  }

  /** Waits until something after the mark matches. */
  MatchResult awaitLog(int mark, Pattern wanted) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      String said = log();
      Matcher matcher = wanted.matcher(said).region(mark, said.length());
      if (matcher.find()) {
        return matcher.toMatchResult();
      }
      if (!alive || System.nanoTime() > deadline) {
        throw new IOException(
            (alive ? "not in time: " : "the process ended without: ") + wanted + "\n" + said);
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** What the admin listener answers to a GET, whatever the status. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(admin().resolve(path)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI admin() throws IOException {
    return URI.create(awaitLog(ADMIN).group(1));
  }

  /** Replaces the configuration in one step, as an editor does, and leaves it at that. */
  void write(String yaml) throws IOException {
    Path next = Files.writeString(file.resolveSibling("next"), server(file.getParent()) + yaml);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces the configuration and waits until it is taken up. */
  void reload(String yaml) throws IOException, InterruptedException {
    int mark = mark();
    write(yaml);
    signal("HUP");
    awaitLog(mark, Pattern.compile("configuration taken up"));
  }

  /**
   * @param name as {@code kill} takes it
   */
  void signal(String name) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exit).as("kill -%s", name).isZero();
  }

  /** Waits for the end of the process; gives its exit code. */
  int exitCode(Duration patience) throws InterruptedException {
    assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
        .as("it ends within %s:%n%s", patience, log())
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
