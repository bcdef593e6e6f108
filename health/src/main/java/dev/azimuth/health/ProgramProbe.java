package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A probe by a program: exit status 0 is good. In its arguments {@code {address}}, {@code {port}}
 * and {@code {backend}} stand for those of the target; the environment has them too.
 */
final class ProgramProbe extends Probe {
  private final Target target;
  private final Check.Program check;
  private final Means means;
  private Commands.@Nullable Running running;

  ProgramProbe(Target target, Check.Program check, Means means, Consumer<Finding> owner) {
    super(owner);
    this.target = target;
    this.check = check;
    this.means = means;
  }

  @Override
  void begin() {
    Map<String, String> told =
        Map.of(
            "address", NetUtil.toAddressString(target.address()),
            "port", Integer.toString(target.port()),
            "backend", target.about());
    List<String> words = check.words().stream().map(word -> filled(word, told)).toList();
    running =
        means
            .local()
            .commands()
            .start(
                words,
                Map.of(
                    "AZIMUTH_ADDRESS", told.get("address"),
                    "AZIMUTH_PORT", told.get("port"),
                    "AZIMUTH_BACKEND", told.get("backend")),
                ended -> means.loop().execute(() -> end(judge(ended))));
    if (running == null) {
      end(Finding.of(Code.INCONCLUSIVE, Commands.MOST + " programs run already"));
    }
  }

  private static String filled(String word, Map<String, String> told) {
    String filled = word;
    for (Map.Entry<String, String> each : told.entrySet()) {
      filled = filled.replace("{" + each.getKey() + "}", each.getValue());
    }
    return filled;
  }

  private static Finding judge(Commands.Ended ended) {
    if (!ended.ran()) {
      return Finding.of(Code.INCONCLUSIVE, Details.printable("could not be run: " + ended.line()));
    }
    if (ended.exit() == 0) {
      return Finding.of(Code.PROCOK, ended.line());
    }
    Finding bad = Finding.of(Code.PROCERR, "exit status " + ended.exit());
    return ended.line().isEmpty() ? bad : bad.and(ended.line());
  }

  @Override
  Finding late() {
    return Finding.of(Code.PROCTOUT, "killed: still ran at the end of the timeout");
  }

  @Override
  void release() {
    if (running != null) {
      running.kill();
    }
  }
}
