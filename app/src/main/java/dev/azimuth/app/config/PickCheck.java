package dev.azimuth.app.config;

import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Shares;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Says where a pick cannot do in a pool what it says. */
final class PickCheck {
  private final Draft draft;
  private final Map<String, PoolConfig> pools;
  private final Set<String> weighed = new HashSet<>();

  PickCheck(Draft draft, Map<String, PoolConfig> pools) {
    this.draft = draft;
    this.pools = pools;
  }

  void run(Draft.Name name, Config.NameConfig linked) {
    Set<String> listed = new HashSet<>();
    for (Config.RuleConfig rule : linked.rules()) {
      for (String pool : rule.to().pools()) {
        PoolConfig config = pools.get(pool);
        if (config != null && !config.isAlias() && listed.add(pool)) {
          run(name.site(), linked.pick(), config);
        }
      }
    }
  }

  private void run(Site site, Pick pick, PoolConfig pool) {
    switch (pick.by()) {
      case ROTATE -> weightsHaveEffect(site, pool);
      case WEIGHTED, RANDOM -> weightsFit(pool);
      case FASTEST -> isMeasured(site, pool);
      case NEAREST -> isSomewhere(site, pool);
      case STICKY -> isLaidOut(site, pick, pool);
      case ALL -> {}
    }
    if (pick.by() == Pick.By.ROTATE || pick.by() == Pick.By.ALL) {
      rampHasEffect(site, pick, pool);
    }
    switch (pick.groups()) {
      case MIXED -> {}
      case SPREAD -> hasGroups(site, pool, "\"spread\" keeps nothing apart");
      case WITHIN -> hasGroups(site, pool, "\"within\" leaves one backend in each answer");
    }
  }

  private static void weightsHaveEffect(Site site, PoolConfig pool) {
    if (pool.backends().values().stream().mapToInt(BackendConfig::weight).distinct().count() > 1) {
      site.warning(
          Code.WEIGHTS_IGNORED,
          "\"rotate\" ignores the weights of the pool \"" + pool.name() + "\"",
          "use pick: weighted, or make them equal");
    }
  }

  private static void rampHasEffect(Site site, Pick pick, PoolConfig pool) {
    if (!pool.limits().slowStart().isZero()) {
      site.warning(
          Code.NO_EFFECT,
          "\"slow_start\" of the pool \"%s\" has no effect: \"%s\" looks at no weights"
              .formatted(pool.name(), pick.by().name().toLowerCase(Locale.ROOT)),
          "use pick: weighted");
    }
  }

  private static void isLaidOut(Site site, Pick pick, PoolConfig pool) {
    long work = pick.work(pool.backends().size());
    if (work > Pick.MOST_WORK) {
      site.error(
          Code.LIMIT,
          ("%d sticky answers of the pool \"%s\" come to %,d choices: at most %,d can be laid out"
                  + " whenever its health changes")
              .formatted(pick.answers(), pool.name(), work, Pick.MOST_WORK),
          "ask for fewer answers, or make the pool smaller");
    }
  }

  private static void isMeasured(Site site, PoolConfig pool) {
    if (pool.balancer() == null
        && pool.backends().values().stream().allMatch(each -> pool.check(each) == null)) {
      site.warning(
          Code.NOT_MEASURED,
          "no check measures the pool \"%s\": \"fastest\" goes by the weights alone there"
              .formatted(pool.name()),
          "give the pool a check");
    }
  }

  private void isSomewhere(Site site, PoolConfig pool) {
    if (draft.geo().databases().isEmpty()) {
      site.error(
          Code.GEO,
          "nobody knows where clients are: there is no database",
          "name one: geo: { databases: [ city.mmdb ] }");
    }
    for (BackendConfig backend : pool.backends().values()) {
      if (pool.at(backend) == null) {
        site.error(
            Code.GEO,
            "nobody knows where the backend \"%s\" of the pool \"%s\" is"
                .formatted(backend.name(), pool.name()),
            "in the backend or the pool: at: [ LATITUDE, LONGITUDE ]");
        return;
      }
    }
  }

  private static void hasGroups(Site site, PoolConfig pool, String outcome) {
    if (pool.backends().values().stream().allMatch(backend -> backend.group() == null)) {
      site.warning(
          Code.NO_GROUPS,
          "no backend of the pool \"%s\" has a group: %s".formatted(pool.name(), outcome),
          "give its backends a group");
    }
  }

  /** Says once which backend's share differs most from its weight, where not all are exact. */
  private void weightsFit(PoolConfig pool) {
    if (!weighed.add(pool.name())) {
      return;
    }
    List<BackendConfig> ordinary =
        pool.backends().values().stream().filter(backend -> !backend.standby()).toList();
    int[] weights = ordinary.stream().mapToInt(BackendConfig::weight).toArray();
    double sum = ordinary.stream().mapToLong(BackendConfig::weight).sum();
    Draft.Pool written = draft.pools().get(pool.name());
    if (written == null || weights.length == 0 || Shares.exact(weights)) {
      return;
    }
    double[] shares = Shares.of(weights);
    int worst = 0;
    for (int i = 1; i < weights.length; i++) {
      if (deviation(shares[i], weights[i] / sum) > deviation(shares[worst], weights[worst] / sum)) {
        worst = i;
      }
    }
    written
        .site()
        .warning(
            Code.WEIGHTS_ROUNDED,
            "the weights need more than %d turns to be exact: \"%s\" gets %s instead of %s"
                .formatted(
                    Shares.longest(weights.length),
                    ordinary.get(worst).name(),
                    percent(shares[worst]),
                    percent(weights[worst] / sum)),
            "use smaller weights, or ones with a common divisor");
  }

  private static double deviation(double share, double wanted) {
    return Math.abs(share - wanted);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.4f %%", share * 100);
  }
}
