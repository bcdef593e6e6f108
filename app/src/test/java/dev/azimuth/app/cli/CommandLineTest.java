package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.app.admin.AdminServer;
import dev.azimuth.app.admin.Token;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.whatif.Assumptions;
import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.steering.Explanation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private final FakeNode node = new FakeNode();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private @TempDir Path folder;
  private AdminServer server;
  private Path token;

  @BeforeEach
  void open() throws IOException {
    token = Files.writeString(folder.resolve("token"), "a-secret-of-enough-characters\n");
    server =
        AdminServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Token(token),
            node,
            stream -> {});
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aHeartbeatTokenStandsAloneOnItsLine() {
    assertThat(run("heartbeat-token", "a.yaml", "eu/fra1")).isEqualTo(ExitCode.FINE);
    assertThat(out.toString()).isEqualTo("token of eu/fra1 in a.yaml\n");
  }

  @Test
  void statusBeginsWithWhatNeedsAttention() {
    assertThat(run("status", "--admin", address())).isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .isEqualTo(
            """
            FROZEN  set 1m ago by ann, 10m left: maintenance
            TROUBLE  the query log is not written: nobody listens there
            REJECTED  the configuration of 30s ago is not in force; the one of 1h ago is
                azimuth.yaml:3:1: error[X] pools: wrong
            ZONE REJECTED  example.net: its data of 1m ago serve on, what its file holds now does not
                net.zone:3:1: error[NAME]
            GEO REJECTED  the databases that were read before serve on, what their files hold now does not
                the database city.mmdb cannot be used
            HINT  the token is not secret
            ALL DOWN  api.example.com.: no backend of zones.example.com.names.api.to is usable
            BELOW MIN_UP  pool eu at 33 % (IPv6 100 %)
            HELD  pool us has recovered and is on failback hold, 45s left
            FORCED DOWN  us/iad2 set 2m ago by bob: disk
            PLANNED DRAIN  tag:blue (3 backends) in 2h for 1h, set 1m ago by ann: release

            Azimuth        0.1.0, up 2h
            answers on     127.0.0.1:53 udp+tcp
            configuration  /etc/azimuth/azimuth.yaml, loaded 1h ago
            changes        42 since the start
            database       city.mmdb, Made-City, built 3d ago, 5000 networks

            ZONE         SERIAL      NAMES  LOADED
            example.com  7           3      1h ago
            example.net  4294967295  9      1m ago

            POOL  BACKEND                   ADDRESS             STATE            SINCE  WEIGHT     LAST PROBE
            eu    33 % (IPv6 100 %) usable                      below min_up
                  fra1                      192.0.2.1:8080      down             5m     3          L7STS 503 \\u001b[31mbad\\u000a in 1.2 ms
                                            [2001:db8::1]:8080  up (1 against)   5m                L7OK in 1.2 ms
            us    75 % usable                                   held
                  iad2                      198.51.100.2        up, forced down  5m     1 standby  L4OK in 1.2 ms

            NAME              RULE                            POOL  REASON    TTL
            www.example.com.  routes.world[1]                 us    FAILOVER  15s
            api.example.com.  zones.example.com.names.api.to  -     FROZEN    15s
            """);
  }

  @Test
  void statusSaysByItsExitCodeWhetherAnOperatorIsNeeded() {
    assertThat(run("status", "--check", "--admin", address())).isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).as("and shows all the same").startsWith("FROZEN");
    node.status = StatusTextTest.calm();
    assertThat(run("status", "--check", "--admin", address())).isEqualTo(ExitCode.FINE);
    assertThat(run("status", "eu", "--check", "--admin", address())).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void explainIsReadableAtAGlance() {
    assertThat(run("explain", "www.example.com", "--ecs", "192.0.2.0/24", "--admin", address()))
        .isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .isEqualTo(
            """
            www.example.com. A for 192.0.2.0/24 (client subnet)

            answer     addresses of pool us
            reason     FAILOVER: an earlier pool does not serve
            rule       explain www.example.com A null 192.0.2.0/24
            TTL        15 s: a streak of failures
            ECS scope  /24

            Pools tried, in order
              1.  eu  33 % usable, capacity 6,666  33 % usable is below min_up 50 %
              2.  us  100 % usable                 serves

            Backends
                    addresses     state            weight  odds now
              iad1  198.51.100.1  up               75 %    100.0 %
              iad2  198.51.100.2  up, forced down  25 %    0.0 %     forced down
            """);
  }

  @Test
  void explainWorksOfflineOnAFile() {
    assertThat(run("explain", "x", "--type", "aaaa", "--config", "f", "--down", "a", "--down", "b"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .startsWith("By f alone, no running node: everything is taken to be up but a, b.\n")
        .contains("rule       f [a, b] Question[name=x, v4=false");
    assertThat(node.calls).isEmpty();
  }

  @Test
  void planAndSimulateHandOnWhatIsAssumed() {
    assertThat(run("plan", "a.yaml", "b.yaml", "--name", "x", "--name", "y", "--load", "9"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .contains("a.yaml b.yaml Assumptions[clients=null, ipv6=false, names=[x, y], load=9]")
        .contains("every client keeps its backend");
    assertThat(run("simulate", "a.yaml", "--down", "eu", "us/b", "--clients", "c", "--json"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .contains(
            "\"clients\" : \"a.yaml [eu, us/b] Assumptions[clients=c, ipv6=false, names=[], load=0]");
  }

  @ParameterizedTest
  @CsvSource({
    "plan a.yaml,NEW",
    "simulate a.yaml,--down",
    "simulate a.yaml --down eu --load 0,--load is a number from 1",
    "simulate a.yaml --down eu --load x,x",
    "plan a.yaml b.yaml --ipv6 --clients c,--ipv6 is for every address",
  })
  void whatIfWithoutSenseIsAMistake(String line, String expected) {
    assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(expected);
  }

  /** The fake node hands on what the code that reads addresses says. */
  @Test
  void aQuestionThatMakesNoSenseIsAMistakeToTheNodeToo() {
    node.senseless = true;
    assertThat(run("explain", "x", "--client", "zz", "--admin", address()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).isEqualTo("\"zz\" is not an IP address\n");
  }

  @Test
  void downWithoutAFileIsAMistake() {
    assertThat(run("explain", "x", "--down", "a", "--admin", address())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("--down needs --config");
  }

  @Test
  void everyChangeReachesTheNode() {
    for (String command :
        List.of(
            "down eu/fra1 --reason disk --for 30m",
            "up eu/fra1 --reason test",
            "drain eu/fra1 --reason update --for 2h",
            "weight */fra* 10 --reason new --at 2026-11-22T03:00Z",
            "drain tag:blue --reason release --in 2h --for 1h --force",
            "clear eu/fra1",
            "clear --all",
            "freeze --for 1h --reason work",
            "unfreeze",
            "failback eu",
            "reload --accept-removals")) {
      var arguments = new ArrayList<>(List.of(command.split(" ")));
      arguments.addAll(List.of("--admin", address(), "--token-file", token.toString()));
      assertThat(run(arguments.toArray(String[]::new))).as(command).isEqualTo(ExitCode.FINE);
    }
    assertThat(node.calls)
        .containsExactly(
            "order down eu/fra1, disk, by tester Now[] for PT30M",
            "order up eu/fra1, test, by tester Now[] for null",
            "order drain eu/fra1, update, by tester Now[] for PT2H",
            "order weight 10 */fra*, new, by tester At[instant=2026-11-22T03:00:00Z] for null",
            "order drain tag:blue, release, by tester In[time=PT2H] for PT1H forced",
            "clear eu/fra1",
            "clear all",
            "freeze work by tester for PT1H",
            "unfreeze",
            "failback eu",
            "reload true");
    assertThat(out.toString()).isEqualTo(String.join("\n", node.calls) + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          drain eu                                         | Missing required option: '--reason=TEXT'
          drain eu --reason r --json                       | --json belongs to --dry-run
          drain eu --reason r --at 2026-11-22T03:00Z --in 2h | --at and --in exclude each other
          drain eu --reason r --at 03:00                   | "03:00" is no instant; write 2026-11-22T03:00Z, with Z or an offset such as +01:00
          """)
  void anOrderThatMakesNoSenseIsAMistake(String command, String message) {
    assertThat(run((command + " --config azimuth.yaml").split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith(message);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void clearingNeedsASelectorOrAll() {
    assertThat(run("clear", "--config", "azimuth.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(run("clear", "eu", "--all", "--config", "azimuth.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(node.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "drain tag:blue --dry-run, DRY RUN  drain tag:blue",
    "drain tag:blue --dry-run --json, \"shareAfter\"",
    "overrides, SELECTOR  ORDER",
    "overrides --json, \"selector\""
  })
  void whatIsAskedWithoutAChangeIsShown(String command, String shown) {
    assertThat(run((command + " --config azimuth.yaml").split(" "))).isEqualTo(ExitCode.FINE);
    assertThat(out.toString()).contains(shown);
  }

  @Test
  void theConfigurationSaysWhereTheNodeAndItsTokenAre() {
    assertThat(run("clear", "eu/fra1", "--config", "azimuth.yaml")).isEqualTo(ExitCode.FINE);
    assertThat(node.calls).containsExactly("clear eu/fra1");
  }

  @Test
  void whatIsRefusedIsOneAndInTheNodesWords() {
    assertThat(run("failback", "refused", "--config", "azimuth.yaml")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).isEqualTo("no: failback refused\nand a second line\n");
  }

  @Test
  void aWrongTokenIsRefused() throws IOException {
    Path wrong = Files.writeString(folder.resolve("wrong"), "not-the-secret-of-the-node");
    assertThat(run("unfreeze", "--admin", address(), "--token-file", wrong.toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).isEqualTo("this token is not the node's; see --token-file\n");
    assertThat(node.calls).isEmpty();
  }

  @Test
  void whoHasNoTokenLearnsWhereItIs() throws IOException {
    try (var open =
        AdminServer.open(
            new InetSocketAddress("0.0.0.0", 0), new Token(token), node, stream -> {})) {
      Path absent = folder.resolve("absent");
      String address = "127.0.0.1:" + open.address().getPort();
      assertThat(run("status", "--admin", address, "--token-file", absent.toString()))
          .isEqualTo(ExitCode.FAILED);
    }
    assertThat(err.toString())
        .startsWith("this needs the node's token: give --token-file")
        .contains("STATE_DIR/token");
  }

  @Test
  void anAddressWithoutASchemeWillDo() {
    assertThat(run("status", "--admin", "127.0.0.1:" + server.address().getPort()))
        .isEqualTo(ExitCode.FINE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "127.0.0.1",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "::1",
        "//x://",
        "\u001b[31m:1"
      })
  void whatIsNoAdminAddressIsAMistake(String address) {
    assertThat(run("status", "--admin", address)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("is no admin address; write http://127.0.0.1:8053")
        .doesNotContain("Exception", "\u001b");
  }

  @Test
  void aReloadOfAnInvalidConfigurationIsThree() {
    node.invalid = "azimuth.yaml:3:1: error[X] pools: wrong";
    assertThat(run("reload", "--config", "azimuth.yaml")).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(err.toString()).isEqualTo(node.invalid + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void theVersionIsAnOptionToo(String option) {
    assertThat(run("version")).isEqualTo(ExitCode.FINE);
    String version = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run(option)).isEqualTo(ExitCode.FINE);
    assertThat(out.toString()).isEqualTo(version).startsWith("azimuth 0.1.0 (Java ");
  }

  @Test
  void examplesAreToBeCopiedSoTheyDoNotWrap() {
    for (var command : commandLine().getSubcommands().entrySet()) {
      assertThat(run(command.getKey(), "--help")).isEqualTo(ExitCode.FINE);
      for (String line : command.getValue().getCommandSpec().usageMessage().footer()) {
        assertThat(out.toString().lines()).contains(line);
      }
      out.getBuffer().setLength(0);
    }
  }

  @Test
  void anInvalidConfigurationIsThree() {
    assertThat(run("validate", "bad.yaml")).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(err.toString()).isEqualTo("bad.yaml:1:1: error\n");
    assertThat(run("run", "bad.yaml")).isEqualTo(ExitCode.INVALID_CONFIGURATION);
    assertThat(run("validate", "good.yaml")).isEqualTo(ExitCode.FINE);
  }

  @Test
  void aNodeThatDoesNotAnswerIsFour() {
    server.close();
    assertThat(run("status", "--admin", address())).isEqualTo(ExitCode.NOT_REACHABLE);
    assertThat(err.toString()).startsWith("no node answers at " + address());
  }

  @ParameterizedTest
  @CsvSource({
    "stats,there is no command \"stats\"; did you mean \"status\"?",
    "help statsu,did you mean \"status\"?",
    "bogus,there is no command \"bogus\"",
    "status --chek,there is no option \"--chek\"; did you mean \"--check\"?",
    "validate a b,\"b\" is more than this command takes",
    "clear,say a SELECTOR",
    "clear x --all,and not both",
    "down x,--reason",
    "freeze --for soon,is no duration",
    "explain x --type MX,only answers of type A and AAAA are steered",
    "'',azimuth --help"
  })
  void aMistakeIsTwoAndOneGlanceLong(String line, String expected) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(expected);
    assertThat(err.toString().lines()).hasSizeLessThanOrEqualTo(3);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aPoolIsShownAlone() {
    assertThat(run("status", "eu", "--admin", address())).isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .startsWith("POOL ")
        .contains("192.0.2.1:8080", "[2001:db8::1]:8080")
        .doesNotContain("us ", "NAME");
  }

  @Test
  void helpIsACommandToo() {
    assertThat(run("--help")).isEqualTo(ExitCode.FINE);
    String help = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("help")).isEqualTo(ExitCode.FINE);
    assertThat(out.toString()).isEqualTo(help).contains("First steps");
    out.getBuffer().setLength(0);
    assertThat(run("help", "drain")).isEqualTo(ExitCode.FINE);
    assertThat(out.toString()).startsWith("Usage: azimuth drain");
    assertThat(run("help", "drian")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void everyCommandHasHelpInOneLine() {
    for (String name : commandLine().getSubcommands().keySet()) {
      assertThat(run(name, "--help")).isEqualTo(ExitCode.FINE);
      assertThat(out.toString()).startsWith("Usage: azimuth " + name);
      out.getBuffer().setLength(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bogus --help, bogus",
    "-h bogus, bogus",
    "--help version bogus, bogus",
    "version bogus --help, bogus",
    "status --bogus --help, --bogus"
  })
  void helpBesideAWordThatMeansNothingIsAMistake(String words, String unknown) {
    assertThat(run(words.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("\"" + unknown + "\"");
    assertThat(out.toString()).isEmpty();
  }

  private int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  private picocli.CommandLine commandLine() {
    var terminal = new Terminal(new PrintWriter(out), new PrintWriter(err, true), Ink.PLAIN);
    var engine = new FakeEngine();
    var commands = new ArrayList<java.util.concurrent.Callable<Integer>>();
    commands.add(new RunCommand(engine));
    commands.addAll(FileCommands.all(engine, terminal));
    commands.addAll(WhatIfCommands.all(engine, terminal, () -> 0));
    commands.addAll(
        OperatorCommands.all(engine, terminal, InstantSource.fixed(FakeNode.NOW), "tester"));
    return Azimuth.commandLine(terminal, commands);
  }

  private String address() {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  /** Every file but {@code bad.yaml} is valid. */
  private final class FakeEngine implements Engine {
    @Override
    public String heartbeatToken(Path config, String backend) {
      return "token of " + backend + " in " + config;
    }

    @Override
    public String version() {
      return "0.1.0";
    }

    @Override
    public Running start(Path config, boolean takeOver) throws InvalidConfiguration {
      throw new InvalidConfiguration(config + ":1:1: error");
    }

    @Override
    public String validate(Path config, boolean colour) throws InvalidConfiguration {
      if (config.endsWith("bad.yaml")) {
        throw new InvalidConfiguration(config + ":1:1: error");
      }
      return config + " is valid\n";
    }

    @Override
    public String expand(Path config) {
      return "expanded\n";
    }

    @Override
    public String schema() {
      return "{}";
    }

    @Override
    public Explanation explain(Path config, List<String> down, Question question)
        throws Node.Refused {
      return FakeNode.explanation(config + " " + down + " " + question);
    }

    @Override
    public Forecast plan(
        Path before, Path after, Assumptions assumptions, DoubleConsumer progress) {
      return forecast(before + " " + after + " " + assumptions);
    }

    @Override
    public Forecast simulate(
        Path config, List<String> down, Assumptions assumptions, DoubleConsumer progress) {
      return forecast(config + " " + down + " " + assumptions);
    }

    private Forecast forecast(String said) {
      return new Forecast(
          said, 1, List.of(), List.of(), null, 0, List.of(), List.of(), List.of(), List.of());
    }

    @Override
    public AdminPlace admin(Path config) {
      return new AdminPlace(URI.create(address()), token);
    }
  }
}
