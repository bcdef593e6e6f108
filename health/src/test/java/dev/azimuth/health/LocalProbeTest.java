package dev.azimuth.health;

import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks that have no connection of their own, through the whole prober. */
@EnabledOnOs(OS.LINUX)
class LocalProbeTest {
  private final Watcher watcher = new Watcher();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    watcher.prober.close();
  }

  private ProbeResult probe(Check check) throws InterruptedException {
    Target target = new Target(InetAddress.getLoopbackAddress(), 8080, check, "eu/fra1");
    watcher.watch(target);
    return watcher.next(target);
  }

  private static Check.Program program(int timeout, String... words) {
    return new Check.Program(
        List.of(words), null, OptionalInt.empty(), timing(60_000, 50, timeout, 1, 1));
  }

  @Test
  void aProgramDecidesByItsExitStatus() throws Exception {
    ProbeResult good =
        probe(
            program(
                20_000,
                "/bin/sh",
                "-c",
                "echo $AZIMUTH_BACKEND $1 $2",
                "x",
                "{address}:{port}",
                "{backend}"));
    assertThat(good.code()).isEqualTo(Code.PROCOK);
    assertThat(good.detail()).isEqualTo("eu/fra1 127.0.0.1:8080 eu/fra1");
    ProbeResult bad = probe(program(20_000, "/bin/sh", "-c", "echo no disk; exit 2"));
    assertThat(bad.code()).isEqualTo(Code.PROCERR);
    assertThat(bad.detail()).isEqualTo("exit status 2, no disk");
    assertThat(watcher.prober.finished(Code.PROCERR)).isEqualTo(1);
  }

  @Test
  void aProgramThatCannotBeRunSaysNothingOfTheBackend() throws Exception {
    ProbeResult absent = probe(program(20_000, "/no/such/program"));
    assertThat(absent.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(absent.detail()).startsWith("could not be run").contains("/no/such/program");
    Path text = Files.writeString(folder.resolve("text"), "no program");
    ProbeResult locked = probe(program(20_000, text.toString()));
    assertThat(locked.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(watcher.prober.finished(Code.PROCERR)).isZero();
  }

  @Test
  void aProgramThatDoesNotEndIsKilledAtItsTimeout() throws Exception {
    Path mark = folder.resolve("mark");
    ProbeResult late =
        probe(program(300, "/bin/sh", "-c", "echo $$ > \"$0\"; exec sleep 300", mark.toString()));
    assertThat(late.code()).isEqualTo(Code.PROCTOUT);
    long pid = Long.parseLong(Files.readString(mark).strip());
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }

  @Test
  void tooManyProgramsAtOnceSayNothingOfTheBackend() throws Exception {
    Target[] targets = new Target[Commands.MOST + 1];
    for (int i = 0; i < targets.length; i++) {
      targets[i] =
          new Target(
              InetAddress.ofLiteral("127.0.0." + (i + 1)),
              0,
              program(20_000, "/bin/sleep", "5"),
              "eu/b" + i);
    }
    watcher.watch(targets);
    ProbeResult first = watcher.any();
    assertThat(first.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(first.detail()).isEqualTo("16 programs run already");
  }

  private Check.StateFile file(Path path, Duration expires) {
    return new Check.StateFile(path, expires, timing(60_000, 50, 20_000, 1, 1));
  }

  @Test
  void aFileDecidesByItsLine() throws Exception {
    Path states = folder.resolve("states");
    Files.writeString(states, "eu/fra1 up 40%\n");
    ProbeResult up = probe(file(states, Duration.ZERO));
    assertThat(up.code()).isEqualTo(Code.L7OK);
    assertThat(up.weight()).isEqualTo(40);
    Path other = folder.resolve("other");
    Files.writeString(other, "eu/fra1 down\n");
    assertThat(probe(file(other, Duration.ZERO)).code()).isEqualTo(Code.L7STS);
  }

  @Test
  void aFileThatIsSilentDecidesNothing() throws Exception {
    Path states = folder.resolve("states");
    assertThat(probe(file(states, Duration.ZERO)).code()).isEqualTo(Code.INCONCLUSIVE);
    Files.writeString(folder.resolve("b"), "eu/fra2 down\n");
    ProbeResult unsaid = probe(file(folder.resolve("b"), Duration.ZERO));
    assertThat(unsaid.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(unsaid.detail()).contains("says nothing of eu/fra1");
    Files.writeString(folder.resolve("c"), "eu/fra1 down\n");
    Files.setLastModifiedTime(folder.resolve("c"), FileTime.fromMillis(1_000_000));
    ProbeResult old = probe(file(folder.resolve("c"), Duration.ofSeconds(1)));
    assertThat(old.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(old.detail()).contains("not written for");
  }

  @Test
  void theAgeOfAFileIsByTheClockThatWroteIt() throws Exception {
    watcher.wallAhead.set(Duration.ofHours(1).toMillis());
    Path states = Files.writeString(folder.resolve("states"), "eu/fra1 up\n");
    Files.setLastModifiedTime(
        states,
        FileTime.fromMillis(System.currentTimeMillis() + Duration.ofHours(1).toMillis() - 30_000));
    assertThat(probe(file(states, Duration.ofMinutes(1))).code()).isEqualTo(Code.L7OK);
    Path old = Files.writeString(folder.resolve("old"), "eu/fra1 up\n");
    assertThat(probe(file(old, Duration.ofMinutes(1))).detail()).contains("not written for 36");
  }

  @Test
  void anEchoReplyIsEnough() throws Exception {
    watcher.echo =
        (to, answered) -> {
          answered.run();
          return new Silent();
        };
    ProbeResult there = probe(new Check.Ping(null, timing(60_000, 50, 20_000, 1, 1)));
    assertThat(there.code()).isEqualTo(Code.L4OK);
  }

  @Test
  void silenceIsATimeoutAfterThreeRequests() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    watcher.echo =
        (to, answered) -> {
          asked.incrementAndGet();
          return new Silent() {
            @Override
            public void again() {
              asked.incrementAndGet();
            }

            @Override
            public void close() {
              closed.incrementAndGet();
            }
          };
        };
    ProbeResult silent = probe(new Check.Ping(null, timing(60_000, 50, 300, 1, 1)));
    assertThat(silent.code()).isEqualTo(Code.L4TOUT);
    assertThat(asked).hasValue(3);
    assertThat(closed).hasValue(1);
  }

  @Test
  void whereIcmpIsNotAllowedNothingIsSaidOfTheBackend() throws Exception {
    watcher.echo = Echo.NONE;
    ProbeResult none = probe(new Check.Ping(null, timing(60_000, 50, 300, 1, 1)));
    assertThat(none.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(none.detail()).contains("ICMP");
  }

  @Test
  void aMachineThatNoRouteLeadsToCannotBeReached() throws Exception {
    watcher.echo =
        (to, answered) -> {
          throw new NoRouteToHostException("no route to host");
        };
    Check.Ping check = new Check.Ping(null, timing(60_000, 50, 20_000, 1, 1));
    ProbeResult first = probe(check);
    assertThat(first.code()).isEqualTo(Code.L4CON);
    assertThat(first.detail()).isEqualTo("no route to host");
  }

  @Test
  void aRouteThatIsLostMeanwhileIsTheTargetsFailureAndALackOfBuffersIsNot() throws Exception {
    int timeout = 300;
    for (IOException lost :
        List.of(new NoRouteToHostException("lost"), new IOException("no buffers"))) {
      timeout++; // another check, so that it is probed at once
      watcher.echo =
          (to, answered) ->
              new Silent() {
                @Override
                public void again() throws IOException {
                  throw lost;
                }
              };
      ProbeResult result = probe(new Check.Ping(null, timing(60_000, 50, timeout, 1, 1)));
      assertThat(result.code())
          .isEqualTo(lost instanceof NoRouteToHostException ? Code.L4CON : Code.INCONCLUSIVE);
    }
  }

  private static class Silent implements Echo.Question {
    @Override
    public void again() throws IOException {}

    @Override
    public void close() {}
  }

  @Test
  void aHeartbeatIsAskedForByTheNameOfTheBackend() throws Exception {
    Check.Heartbeat check =
        new Check.Heartbeat(Duration.ofSeconds(30), timing(60_000, 50, 20_000, 1, 1));
    assertThat(watcher.heartbeats.beat("eu/fra1", new Heartbeats.Beat(0, true, -1))).isFalse();
    ProbeResult first = probe(check);
    assertThat(first.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(watcher.heartbeats.beat("eu/fra1", new Heartbeats.Beat(0, true, -1))).isTrue();
    assertThat(watcher.heartbeats.beat("eu/fra2", new Heartbeats.Beat(0, true, -1))).isFalse();
  }

  @Test
  void anErrorOfOurOwnSaysNothingOfTheBackendAndTheNextProbeComes() throws Exception {
    watcher.echo =
        (to, answered) -> {
          throw new NoClassDefFoundError("dev/azimuth/Gone");
        };
    Target target =
        new Target(
            InetAddress.getLoopbackAddress(),
            0,
            new Check.Ping(null, timing(100, 50, 20_000, 1, 1)),
            "eu/fra1");
    watcher.watch(target);
    for (int i = 0; i < 3; i++) {
      ProbeResult result = watcher.next(target);
      assertThat(result.code()).isEqualTo(Code.INCONCLUSIVE);
      assertThat(result.detail()).isEqualTo("java.lang.NoClassDefFoundError: dev/azimuth/Gone");
    }
    watcher.echo =
        (to, answered) -> {
          answered.run();
          return new Silent();
        };
    assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L4OK);
  }

  @Test
  void aProbeThatCannotBeMadeEndsAsItBegins() {
    List<Finding> findings = new ArrayList<>();
    Target told = new Target(InetAddress.getLoopbackAddress(), 0, new Check.Told());
    Probe.of(told, null, findings::add).start();
    assertThat(findings).singleElement().extracting(Finding::code).isEqualTo(Code.INCONCLUSIVE);
  }
}
