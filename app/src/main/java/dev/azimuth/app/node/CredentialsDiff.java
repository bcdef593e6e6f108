package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Secure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is new in the files of a balancer, where the configuration names the same ones. Pure. */
final class CredentialsDiff {
  private CredentialsDiff() {}

  /** One line for each file that holds something else; empty when none does. */
  static List<String> lines(String balancer, Settings before, Settings after) {
    List<String> lines = new ArrayList<>();
    Map<Path, Secure.Identity> old = new HashMap<>();
    certificates(before).forEach(each -> old.put(each.chain(), each));
    for (Secure.Identity each : certificates(after)) {
      Secure.Identity its = old.get(each.chain());
      if (its != null && !its.certificates().equals(each.certificates())) {
        lines.add(
            "balancer %s: certificate %s taken up, valid until %s"
                .formatted(
                    balancer,
                    each.chain(),
                    each.certificates().getFirst().getNotAfter().toInstant()));
      }
    }
    Secure.Authority trusted = authorities(before);
    Secure.Authority now = authorities(after);
    if (trusted != null
        && now != null
        && trusted.file().equals(now.file())
        && !trusted.equals(now)) {
      lines.add("balancer %s: authorities %s taken up".formatted(balancer, now.file()));
    }
    return lines;
  }

  /** The later configuration as it would be if its files held what they did before. */
  static BalancerConfig withFilesOf(BalancerConfig before, BalancerConfig after) {
    Settings old = before.settings();
    Settings now = after.settings();
    return after.with(now.with(older(old.tls(), now.tls()), older(old.onward(), now.onward())));
  }

  private static Settings.@Nullable Termination older(
      Settings.@Nullable Termination before, Settings.@Nullable Termination after) {
    if (before == null || after == null || !files(before).equals(files(after))) {
      return after;
    }
    return new Settings.Termination(
        before.certificates(), after.strict(), after.versions(), after.protocols());
  }

  private static List<List<Path>> files(Settings.Termination tls) {
    return tls.certificates().stream().map(each -> List.of(each.chain(), each.keyFile())).toList();
  }

  private static Settings.@Nullable Onward older(
      Settings.@Nullable Onward before, Settings.@Nullable Onward after) {
    if (before == null
        || after == null
        || !Objects.equals(file(before.authorities()), file(after.authorities()))) {
      return after;
    }
    return new Settings.Onward(after.name(), before.authorities(), after.verify());
  }

  private static @Nullable Path file(Secure.@Nullable Authority authority) {
    return authority == null ? null : authority.file();
  }

  private static List<Secure.Identity> certificates(Settings settings) {
    Settings.Termination tls = settings.tls();
    return tls == null ? List.of() : tls.certificates();
  }

  private static Secure.@Nullable Authority authorities(Settings settings) {
    Settings.Onward onward = settings.onward();
    return onward == null ? null : onward.authorities();
  }
}
