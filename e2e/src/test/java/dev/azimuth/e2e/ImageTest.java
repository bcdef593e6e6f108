package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * The image as deploy/Containerfile says to run it: nothing writable but its state and /tmp, one
 * capability at most, the network of the host. deploy/test-image.sh builds it.
 */
class ImageTest {
  private static final String IMAGE = "localhost/azimuth:test";
  private static final String HOME = "/opt/azimuth";
  private static final String FILE = "/etc/azimuth/azimuth.yaml";

  /** The user and the group that the image runs as. */
  private static final String USER = "10053";

  private static final long NET_BIND_SERVICE = 1L << 10;

  private static final Pattern DEMO = Pattern.compile("dig @(\\S+) -p (\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static GenericContainer<?> node;

  /** Why there is nothing to test, empty when there is. */
  private static String reason;

  @BeforeAll
  static void start() throws Exception {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      reason = "no container engine answers here";
    } else if (!isHere()) {
      reason = "no image " + IMAGE + " here";
    } else {
      node = configured("127.0.0.1:0");
      node.start();
      reason = digestsInImage().equals(digestsOfBuild()) ? "" : IMAGE + " is of another build";
    }
  }

  // Here and not above, so that what is skipped is counted.
  @BeforeEach
  void skip() {
    Assumptions.assumeTrue(reason.isEmpty(), reason + "; see deploy/test-image.sh");
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static DockerClient engine() {
    return DockerClientFactory.lazyClient();
  }

  private static boolean isHere() {
    try {
      engine().inspectImageCmd(IMAGE).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static String digestsInImage() throws Exception {
    return in(node, "cd " + HOME + "/lib && LC_ALL=C sha256sum azimuth*.jar").getStdout();
  }

  private static String digestsOfBuild() throws Exception {
    Path lib = Path.of("..", "app", "target", "azimuth", "lib");
    if (!Files.isDirectory(lib)) {
      return "no product has been built";
    }
    List<Path> jars;
    try (Stream<Path> files = Files.list(lib)) {
      jars =
          files
              .filter(file -> file.getFileName().toString().matches("azimuth.*[.]jar"))
              .sorted()
              .toList();
    }
    StringBuilder digests = new StringBuilder();
    for (Path jar : jars) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
      digests.append(HexFormat.of().formatHex(digest)).append("  ");
      digests.append(jar.getFileName()).append('\n');
    }
    return digests.toString();
  }

  /** A container that runs a small configuration, not yet started. */
  private static GenericContainer<?> configured(String listen) throws IOException {
    Path file = Files.createTempFile(folder, "azimuth", ".yaml");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(
        file,
        """
        server: { listen: [ "%s" ], workers: 1, admin: "127.0.0.1:0" }
        defaults: { check: none }
        pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }
        """
                .formatted(listen)
            + Zones.EXAMPLE
            + "      www: { to: web }\n");
    // Testcontainers' own way of mounting a file first pulls an image to try it with.
    Bind configuration = new Bind(file.toString(), new Volume(FILE), AccessMode.ro);
    return confined(Capability.NET_BIND_SERVICE)
        .withCreateContainerCmdModifier(command -> host(command).withBinds(configuration))
        .waitingFor(Wait.forLogMessage(".*\\bready\\b.*\\s", 1).withStartupTimeout(PATIENCE));
  }

  /** A container as the Containerfile says to run it, with no capability but these. */
  private static GenericContainer<?> confined(Capability... capabilities) {
    return new GenericContainer<>(DockerImageName.parse(IMAGE))
        .withImagePullPolicy(name -> false)
        .withNetworkMode("host")
        .withTmpFs(Map.of("/tmp", "rw,exec"))
        .withCreateContainerCmdModifier(command -> confine(command, capabilities));
  }

  private static void confine(CreateContainerCmd command, Capability... capabilities) {
    // The limits are said because an engine that is itself limited may not give its usual ones.
    host(command)
        .withReadonlyRootfs(true)
        .withCapDrop(Capability.ALL)
        .withCapAdd(capabilities)
        .withUlimits(
            List.of(new Ulimit("nofile", 1024L, 4096L), new Ulimit("nproc", 1000L, 1000L)));
  }

  private static HostConfig host(CreateContainerCmd command) {
    return Objects.requireNonNull(command.getHostConfig());
  }

  private static ExecResult in(GenericContainer<?> container, String script) throws Exception {
    return container.execInContainer("sh", "-c", script);
  }

  private static DnsClient client(GenericContainer<?> container, Pattern where) throws IOException {
    Matcher said = where.matcher(container.getLogs());
    assertThat(said.find()).as(container.getLogs()).isTrue();
    return new DnsClient(
        new InetSocketAddress(
            InetAddress.getByName(said.group(1)), Integer.parseInt(said.group(2))));
  }

  @Test
  void itAnswersOverUdpAndTcp() throws Exception {
    try (DnsClient client = client(node, AzimuthProcess.UDP)) {
      Patience.untilAnswersAre(client, "www.example.com", "192.0.2.1", "192.0.2.2");
      Message answer = client.tcp(DnsClient.query("ns1.example.com", Type.A)).getFirst();

      assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(DnsClient.addresses(answer)).containsExactly("203.0.113.53");
    }
  }

  @Test
  void itsOneCapabilityIsEnoughForPort53() throws Exception {
    Assumptions.assumeTrue(
        capabilities("Eff").equals(List.of(NET_BIND_SERVICE)),
        "this engine gives a user who is not root no capability; see deploy/README.md");
    long pid = ProcessHandle.current().pid();
    String address = "127.53.%d.%d".formatted((pid >> 8) & 0xff, pid & 0xff);
    try (GenericContainer<?> other = configured(address + ":53")) {
      other.start();
      try (DnsClient client = client(other, AzimuthProcess.UDP)) {
        assertThat(client.a("ns1.example.com")).containsExactly("203.0.113.53");
      }
    }
  }

  @Test
  void itIsNotRootAndHasNoCapabilityButThatOfLowPorts() throws Exception {
    assertThat(status()).containsPattern("Uid:(\\s+" + USER + "){4}\\s");
    assertThat(status()).containsPattern("Gid:(\\s+" + USER + "){4}\\s");
    assertThat(capabilities("Inh|Prm|Eff|Bnd|Amb"))
        .hasSize(5)
        .allSatisfy(set -> assertThat(set & ~NET_BIND_SERVICE).isZero());
  }

  private static String status() throws Exception {
    return in(node, "cat /proc/1/status").getStdout();
  }

  private static List<Long> capabilities(String sets) throws Exception {
    return Pattern.compile("Cap(?:" + sets + "):\\s+([0-9a-f]+)")
        .matcher(status())
        .results()
        .map(set -> Long.parseLong(set.group(1), 16))
        .toList();
  }

  @Test
  void itCanChangeNothingButItsStateAndTmp() throws Exception {
    for (String place : List.of(HOME, HOME + "/lib", "/etc/azimuth", "/")) {
      assertThat(in(node, "touch " + place + "/x").getExitCode()).as(place).isNotZero();
    }
    assertThat(in(node, "touch /tmp/x && test -s /var/lib/azimuth/token").getExitCode()).isZero();
    assertThat(in(node, "stat -c '%u:%a' /var/lib/azimuth/token").getStdout())
        .as("the operator's secret is its own")
        .isEqualTo(USER + ":600\n");
  }

  @Test
  void itsFilesBelongToAnotherUserEvenWhenTheRootIsWritable() throws Exception {
    String owned =
        "find %s ! -type l '(' -user %s -o -group %s -o -perm /002 ')'".formatted(HOME, USER, USER);

    assertThat(in(node, owned).getStdout()).isEmpty();
  }

  @Test
  void itsStartUpCacheFitsItsOwnJvm() throws Exception {
    ExecResult help =
        in(
            node,
            "exec java -XX:AOTCache=%s/lib/azimuth.aot -XX:AOTMode=on -XX:+UseSerialGC"
                    .formatted(HOME)
                + " -XX:+UseCompactObjectHeaders -jar %s/lib/azimuth.jar --help".formatted(HOME));

    assertThat(help.getExitCode()).as(help.toString()).isZero();
  }

  @Test
  void validateSaysWhatIsRightAndWhatIsWrong() throws Exception {
    ExecResult right = in(node, HOME + "/bin/azimuth validate " + FILE);
    ExecResult wrong =
        in(
            node,
            "echo 'zone: {}' >/tmp/wrong.yaml; " + HOME + "/bin/azimuth validate /tmp/wrong.yaml");

    assertThat(right.getExitCode()).as(right.getStderr()).isZero();
    assertThat(right.getStdout()).contains(FILE + " is valid");
    assertThat(wrong.getExitCode()).isEqualTo(3);
    assertThat(wrong.getStdout() + wrong.getStderr()).contains("/tmp/wrong.yaml:1:1");
  }

  @Test
  void stoppingItTakesLessThanTwoSeconds() throws Exception {
    try (GenericContainer<?> other = configured("127.0.0.1:0")) {
      other.start();
      long before = System.nanoTime();
      engine().stopContainerCmd(other.getContainerId()).withTimeout(10).exec();
      Duration taken = Duration.ofNanos(System.nanoTime() - before);

      assertThat(other.getCurrentContainerInfo().getState().getExitCodeLong()).isIn(0L, 143L);
      assertThat(other.getLogs()).contains("stopped");
      assertThat(taken).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void theDemoAnswersWithoutAnyCapability() throws Exception {
    try (GenericContainer<?> demo =
        confined()
            .withCommand("demo", "--for", "60s")
            .waitingFor(Wait.forLogMessage(".*www\\.demo\\.example  .*\\s", 1))) {
      demo.start();
      assertThat(in(demo, "grep CapBnd /proc/1/status").getStdout())
          .endsWith("\t0000000000000000\n");
      try (DnsClient client = client(demo, DEMO)) {
        assertThat(client.a("www.demo.example"))
            .hasSize(1)
            .first()
            .asString()
            .startsWith("127.0.0.");
      }
    }
  }
}
