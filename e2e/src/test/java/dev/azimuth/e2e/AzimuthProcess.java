package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A node as a process of its own, known only by what it prints and answers: of the test's class
 * path, or the product in the folder that the system property {@code azimuth.home} names.
 */
final class AzimuthProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static final Pattern UDP = Pattern.compile("listening udp (\\S+):(\\d+) \\(");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern ADMIN = Pattern.compile("admin (http://\\S+:\\d+)");
  private static final Pattern READY = Pattern.compile("ready\\b.*");

  private final Process process;
  private final Path file;
  private final Options options;
  private final StringBuilder log = new StringBuilder(); // guarded by itself
  private final Thread reader;
  private final HttpClient http = HttpClient.newHttpClient();
  private InetSocketAddress dns;

  /**
   * How a node is started.
   *
   * @param listen an address and port for queries
   * @param nativeAccess whether the JVM lets it make system calls of its own
   * @param nameServer whom it asks for host names, null for those of this machine
   * @param reload {@code auto} or {@code manual}
   * @param server what else its {@code server} part says, one line for each option
   * @param jvm more options of the JVM
   */
  record Options(
      String listen,
      boolean nativeAccess,
      String nameServer,
      String reload,
      List<String> server,
      List<String> jvm) {
    static final Options USUAL =
        new Options("127.0.0.1:0", true, null, "auto", List.of(), List.of());

    Options listen(String address) {
      return new Options(address, nativeAccess, nameServer, reload, server, jvm);
    }

    Options withoutNativeAccess() {
      return new Options(listen, false, nameServer, reload, server, jvm);
    }

    Options nameServer(String address) {
      return new Options(listen, nativeAccess, address, reload, server, jvm);
    }

    Options manualReload() {
      return new Options(listen, nativeAccess, nameServer, "manual", server, jvm);
    }

    Options server(String... lines) {
      return new Options(listen, nativeAccess, nameServer, reload, List.of(lines), jvm);
    }

    Options jvm(String... more) {
      return new Options(listen, nativeAccess, nameServer, reload, server, List.of(more));
    }
  }

  private AzimuthProcess(Path file, Options options, String... more) throws IOException {
    this.file = file;
    this.options = options;
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(List.of(more));
    arguments.add(file.toString());
    process = command(options, arguments.toArray(String[]::new)).redirectErrorStream(true).start();
    reader = Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @param folder for the configuration and the state; the test deletes it
   * @param yaml the configuration without its {@code server} part, which has free ports
   */
  static AzimuthProcess start(Path folder, String yaml) throws IOException {
    return start(folder, yaml, Options.USUAL);
  }

  static AzimuthProcess start(Path folder, String yaml, Options options) throws IOException {
    return begin(folder, yaml, options).ready();
  }

  private AzimuthProcess ready() throws IOException {
    AzimuthProcess node = this;
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
    return begin(folder, yaml, Options.USUAL);
  }

  static AzimuthProcess begin(Path folder, String yaml, Options options) throws IOException {
    Path file = folder.resolve("azimuth.yaml");
    Files.writeString(file, server(folder, options) + yaml);
    return new AzimuthProcess(file, options);
  }

  /** Starts a process that takes over from this one, and waits until it is ready. */
  AzimuthProcess successor() throws IOException {
    return beginSuccessor(options).ready();
  }

  /** Starts a process that takes over from this one, and does not wait. */
  AzimuthProcess beginSuccessor(Options as) throws IOException {
    return new AzimuthProcess(file, as, "--takeover");
  }

  /** Starts a process that would take over, but from nobody. */
  static AzimuthProcess startTakingOver(Path folder, String yaml) throws IOException {
    Path file = folder.resolve("azimuth.yaml");
    Files.writeString(file, server(folder, Options.USUAL) + yaml);
    return new AzimuthProcess(file, Options.USUAL, "--takeover").ready();
  }

  private static String server(Path folder, Options options) {
    return """
        server:
          listen: [ "%s" ]
          state_dir: %s
          admin: "127.0.0.1:0"
          reload: %s
        """
            .formatted(options.listen, folder.resolve("state"), options.reload)
        + (options.server.stream().anyMatch(line -> line.startsWith("workers:"))
            ? ""
            : "  workers: 1\n")
        + options.server.stream().map("  %s%n"::formatted).collect(Collectors.joining());
  }

  private static ProcessBuilder command(Options options, String... arguments) {
    List<String> command = new ArrayList<>();
    ProcessBuilder builder = new ProcessBuilder(command);
    List<String> properties = new ArrayList<>(options.jvm);
    if (options.nameServer != null) {
      properties.add("-Ddns.server=" + options.nameServer);
    }
    String home = System.getProperty("azimuth.home");
    if (home == null) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add(
          options.nativeAccess
              ? "--enable-native-access=ALL-UNNAMED"
              : "--illegal-native-access=deny");
      command.addAll(properties);
      command.addAll(
          List.of("--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-Xmx256m"));
      command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-MergeStores"));
      if (!arguments[0].equals("run")) {
        command.add("-XX:TieredStopAtLevel=1"); // over before the optimizing compiler pays
      }
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("dev.azimuth.app.Main");
    } else {
      assumeThat(options.nativeAccess).as("the product is started with native access").isTrue();
      command.add(Path.of(home, "bin", "azimuth").toString());
      builder.environment().put("AZIMUTH_JAVA_OPTS", String.join(" ", properties));
    }
    command.addAll(List.of(arguments));
    return builder;
  }

  /** What a command of the operator did. */
  record Outcome(int exit, String out, String err) {}

  /** Runs a command to its end, in a process of its own. */
  static Outcome run(String... arguments) throws IOException, InterruptedException {
    Process command = command(Options.USUAL, arguments).start();
    command.getOutputStream().close();
    FutureTask<String> err = new FutureTask<>(() -> text(command.getErrorStream()));
    Thread.ofVirtual().start(err);
    String out = text(command.getInputStream());
    try {
      return new Outcome(command.waitFor(), out, err.get());
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Runs a command that asks this node. */
  Outcome operate(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--admin", admin().toString()));
    all.addAll(List.of("--token-file", file.resolveSibling("state/token").toString()));
    return run(all.toArray(String[]::new));
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

  /** How much of its memory is in that of the machine now. */
  long residentKib() throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(pid()), "status"));
    Matcher matcher = RESIDENT.matcher(status);
    if (!matcher.find()) {
      throw new IOException(status);
    }
    return Long.parseLong(matcher.group(1));
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

  /**
   * Waits until it has printed all of these, in any order: a line may come later than the change
   * that it tells of.
   */
  void awaitLog(String... wanted) throws IOException {
    for (String each : wanted) {
      awaitLog(Pattern.compile(each, Pattern.LITERAL));
    }
  }

  /** Waits until something after the mark matches. */
  MatchResult awaitLog(int mark, Pattern wanted) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      boolean alive = reader.isAlive(); // longer than the process: until its last line is read
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

  /**
   * What a sample of its metrics says now; -1 for one that is not there.
   *
   * @param sample with all of its labels, as it is written
   */
  long metric(String sample) throws IOException, InterruptedException {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(sample) + " (\\d+)")
            .matcher(get("/metrics").body());
    return line.find() ? Long.parseLong(line.group(1)) : -1;
  }

  URI admin() throws IOException {
    return URI.create(awaitLog(ADMIN).group(1));
  }

  /** Replaces the configuration in one step, as an editor does, and leaves it at that. */
  void write(String yaml) throws IOException {
    write(yaml, options);
  }

  /** Replaces the configuration with one of other options. */
  void write(String yaml, Options as) throws IOException {
    Path next = Files.writeString(file.resolveSibling("next"), server(file.getParent(), as) + yaml);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces the configuration and waits until it is taken up. */
  void reload(String yaml) throws IOException, InterruptedException {
    reload(yaml, options);
  }

  /** Replaces the configuration with one of other options and waits until it is taken up. */
  void reload(String yaml, Options as) throws IOException, InterruptedException {
    int mark = mark();
    write(yaml, as);
    signal("HUP");
    awaitLog(mark, Pattern.compile("configuration taken up"));
  }

  /**
   * @param name as {@code kill} takes it
   */
  void signal(String name) throws IOException, InterruptedException {
    // As after nohup, or in the background of a shell, which a JVM respects: then no test of the
    // signal can be.
    String ignoring =
        switch (name) {
          case "HUP" -> "[13579bdf]";
          case "INT" -> "[2367abef]";
          default -> "none";
        };
    assumeThat(Files.readString(Path.of("/proc/" + process.pid() + "/status")))
        .as("SIG%s is not ignored here", name)
        .doesNotContainPattern("(?m)^SigIgn:\\s+[0-9a-f]*" + ignoring + "$");
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
    reader.join(patience);
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
