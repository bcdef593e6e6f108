package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
class CommandsTest {
  private final Commands commands = new Commands();
  private final BlockingQueue<Commands.Ended> ended = new LinkedBlockingQueue<>();

  @TempDir private Path folder;

  private Commands.Ended run(String... words) throws InterruptedException {
    assertThat(commands.start(List.of(words), Map.of(), ended::add)).isNotNull();
    Commands.Ended end = ended.poll(20, TimeUnit.SECONDS);
    assertThat(end).isNotNull();
    assertThat(commands.idle(20_000)).isTrue();
    return end;
  }

  private Commands.Ended shell(String script) throws InterruptedException {
    return run("/bin/sh", "-c", script);
  }

  @ParameterizedTest
  @CsvSource({
    "echo fine; echo more, 0, fine",
    "'', 0, ''",
    "exit 2, 2, ''",
    "echo bad >&2; exit 3, 3, bad",
    "'printf \"  a\\033[31mb\"', 0, 'a?[31mb'",
    "kill -9 $$, 137, ''"
  })
  void itsEndAndFirstLineAreTold(String script, int exit, String line) throws Exception {
    assertThat(shell(script)).isEqualTo(new Commands.Ended(exit, line));
  }

  @Test
  void aProgramThatIsNotThereEndsAsShellsSayIt() throws Exception {
    Commands.Ended end = run("/no/such/program");
    assertThat(end.exit()).isEqualTo(127);
    assertThat(end.line()).contains("/no/such/program");
    assertThat(end.ran()).isFalse();
    assertThat(run("/dev/null").ran()).isFalse();
    assertThat(shell("exit 125").ran()).isTrue();
  }

  @Test
  void noShellLooksAtTheArguments() throws Exception {
    assertThat(run("/bin/echo", "$HOME", "; exit 9", "`id`").line())
        .isEqualTo("$HOME ; exit 9 `id`");
  }

  @Test
  void theEnvironmentIsWhatItIsGiven() throws Exception {
    commands.start(List.of("/usr/bin/env"), Map.of("AZIMUTH_PORT", "80"), ended::add);
    ended.take();
    Path list = folder.resolve("env");
    commands.start(
        List.of("/bin/sh", "-c", "env > \"$0\"", list.toString()),
        Map.of("AZIMUTH_PORT", "80"),
        ended::add);
    ended.take();
    assertThat(Files.readAllLines(list))
        .allMatch(line -> line.matches("(PATH|LC_ALL|PWD|AZIMUTH_PORT|_)=.*"))
        .contains("AZIMUTH_PORT=80", "PWD=/");
  }

  @Test
  void thereIsNoInput() throws Exception {
    assertThat(shell("read x; echo $?").line()).isEqualTo("1");
  }

  @Test
  void limitsHoldItBack() throws Exception {
    assertThat(shell("ulimit -c; ulimit -n").line()).isEqualTo("0");
    assertThat(shell("ulimit -n").line()).isEqualTo("256");
    assertThat(shell("head -c 70000000 /dev/zero > " + folder.resolve("big")).exit()).isNotZero();
    assertThat(Files.size(folder.resolve("big"))).isLessThanOrEqualTo(64 << 20);
  }

  @Test
  void aKilledProgramTakesAllThatItStartedWithIt() throws Exception {
    Path pids = folder.resolve("pids");
    Commands.Running run =
        commands.start(
            List.of(
                "/bin/sh",
                "-c",
                "sleep 300 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait"),
            Map.of(),
            ended::add);
    List<String> lines = awaitLines(pids);
    run.kill();
    assertThat(commands.idle(20_000)).isTrue();
    assertThat(ended).isEmpty();
    for (String pid : lines) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(process -> process.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    }
  }

  /** Its parent is gone, so that it is nobody's child, and it holds the output. */
  @Test
  void aKilledProgramTakesWithItWhatHasLeftItsParents() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/setsid"))).isTrue();
    Path pids = folder.resolve("pids");
    Commands.Running run =
        commands.start(
            List.of(
                "/bin/sh",
                "-c",
                "(sleep 300 & echo $! > " + pids + "); echo $$ >> " + pids + "; exec sleep 300"),
            Map.of(),
            ended::add);
    List<String> lines = awaitLines(pids);
    run.kill();
    assertThat(commands.idle(20_000)).isTrue();
    for (String pid : lines) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(process -> process.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void onceItsEndIsToldNothingIsKilled() throws Exception {
    Path pid = folder.resolve("pid");
    Commands.Running run =
        commands.start(
            List.of("/bin/sh", "-c", "sleep 300 > /dev/null 2>&1 & echo $! > " + pid),
            Map.of(),
            ended::add);
    assertThat(ended.poll(20, TimeUnit.SECONDS)).isNotNull();
    run.kill();
    assertThat(commands.idle(20_000)).isTrue();
    ProcessHandle left = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).get();
    assertThat(left.isAlive()).isTrue();
    left.destroyForcibly();
  }

  @Test
  void noThreadWaitsForWhatHoldsTheOutput() throws Exception {
    Path pid = folder.resolve("pid");
    shell("sleep 300 & echo $! > " + pid);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (blocked()) {
      assertThat(System.nanoTime()).as("a thread of the system's still waits").isLessThan(deadline);
    }
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Whether the thread that collects ended processes is held up by one's output. */
  private static boolean blocked() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Stream::of)
        .anyMatch(frame -> frame.getMethodName().equals("processExited"));
  }

  private static List<String> awaitLines(Path file) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      if (Files.exists(file) && Files.readAllLines(file).size() == 2) {
        return Files.readAllLines(file);
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("nothing was started");
  }

  @Test
  void whatAProgramLeavesBehindIsNotWaitedFor() throws Exception {
    long start = System.nanoTime();
    assertThat(shell("sleep 60 & echo gone").line()).isEqualTo("gone");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
  }

  @Test
  void aProgramThatPrintsWithoutEndIsKilled() throws Exception {
    Commands.Ended end = run("/usr/bin/yes", "no");
    assertThat(end).isEqualTo(new Commands.Ended(137, "no"));
  }

  @Test
  void onlySoManyRunAtATime() throws Exception {
    List<Commands.Running> running = new ArrayList<>();
    for (int i = 0; i < Commands.MOST; i++) {
      running.add(commands.start(List.of("/bin/sleep", "300"), Map.of(), ended::add));
    }
    assertThat(running).doesNotContainNull();
    assertThat(commands.start(List.of("/bin/true"), Map.of(), ended::add)).isNull();
    running.forEach(Commands.Running::kill);
    assertThat(commands.idle(20_000)).isTrue();
    assertThat(run("/bin/true").exit()).isZero();
  }
}
