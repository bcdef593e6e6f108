package dev.azimuth.app;

import dev.azimuth.app.node.Askers;
import dev.azimuth.app.node.BackendDetail;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.Standing;
import dev.azimuth.app.node.Status;
import dev.azimuth.app.node.Status.BackendStatus;
import dev.azimuth.app.node.Status.DatabaseStatus;
import dev.azimuth.app.node.Status.EndpointStatus;
import dev.azimuth.app.node.Status.Frozen;
import dev.azimuth.app.node.Status.GeoStatus;
import dev.azimuth.app.node.Status.ListenerStatus;
import dev.azimuth.app.node.Status.NameStatus;
import dev.azimuth.app.node.Status.OverrideStatus;
import dev.azimuth.app.node.Status.PoolStatus;
import dev.azimuth.app.node.Status.Rejected;
import dev.azimuth.app.node.Status.ZoneStatus;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Preview.NameEffect;
import dev.azimuth.app.orders.Preview.PoolEffect;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.BackendOdds;
import dev.azimuth.steering.Explanation.PoolStep;
import dev.azimuth.steering.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node that writes down what it is asked, and refuses what is called {@code refused}. */
public final class FakeNode implements Node {
  /** Whether it looks at the addresses of a question. */
  public boolean senseless;

  public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  public volatile List<String> missing = List.of();
  public volatile Status status = troubled();
  public volatile Map<String, Standing> standings = Map.of();

  /** What is wrong with the configuration file, so that every change is refused; empty for fine. */
  public volatile String invalid = "";

  @Override
  public List<String> missing() {
    return missing;
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public @Nullable Standing standing(String balancer) {
    return standings.get(balancer);
  }

  @Override
  public BackendDetail backend(String said) throws Refused {
    call("backend " + said);
    return new BackendDetail(
        "eu",
        "fra1",
        3,
        false,
        "DRAIN",
        List.of(),
        List.of(
            new BackendDetail.Address(
                "192.0.2.1",
                "site",
                "DOWN",
                "UP",
                NOW.minusSeconds(300),
                40,
                List.of(
                    new BackendDetail.Check(
                        "web",
                        false,
                        "192.0.2.1:80",
                        "DOWN",
                        NOW.minusSeconds(300),
                        1,
                        1,
                        NOW.plusSeconds(60),
                        new BackendDetail.Evidence(
                            NOW.minusSeconds(301), "L7STS", "status 503", 1234),
                        List.of(
                            new BackendDetail.Result(NOW.minusSeconds(2), "L7OK", 900),
                            new BackendDetail.Result(NOW.minusSeconds(12), "L7STS", 1_234)))))));
  }

  @Override
  public Explanation explain(String name, boolean v4, String client, String subnet) throws Refused {
    if (senseless) {
      Askers.of(client, subnet);
    }
    return explanation(
        call("explain %s %s %s %s".formatted(name, v4 ? "A" : "AAAA", client, subnet)));
  }

  @Override
  public String order(Wish wish) throws Refused {
    return call(words("order", wish));
  }

  @Override
  public Preview preview(Wish wish) throws Refused {
    call(words("preview", wish));
    return preview();
  }

  private static String words(String verb, Wish wish) {
    return "%s %s %s, %s, by %s %s for %s%s"
        .formatted(
            verb,
            wish.says().words(),
            wish.selector(),
            wish.reason(),
            wish.author(),
            wish.start(),
            wish.lasts(),
            wish.force() ? " forced" : "");
  }

  /** An order that takes too much out of one of two pools. */
  public static Preview preview() {
    return new Preview(
        "drain tag:blue",
        List.of("eu/fra1", "us/iad1"),
        List.of(
            new PoolEffect("eu", 1, 1 / 3.0, 30, 10, 0.4, 20000L, 6666L),
            new PoolEffect("us", 1, 0, 1, 0, null, null, null)),
        List.of(
            new NameEffect("www.example.com.", "routes.world[0]", "eu", "us"),
            new NameEffect("api.example.com.", "routes.world[1]", "us", null)),
        "pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %");
  }

  @Override
  public List<OverrideStatus> overrides() {
    return status.overrides();
  }

  @Override
  public String clear(String selector) throws Refused {
    return call("clear %s".formatted(selector));
  }

  @Override
  public String clearAll() throws Refused {
    return call("clear all");
  }

  @Override
  public String freeze(String reason, String author, Duration lasts) throws Refused {
    return call("freeze %s by %s for %s".formatted(reason, author, lasts));
  }

  @Override
  public String unfreeze() throws Refused {
    return call("unfreeze");
  }

  @Override
  public String failback(String pool) throws Refused {
    return call("failback %s".formatted(pool));
  }

  @Override
  public List<String> reload(boolean acceptRemovals) throws Refused {
    return List.of(call("reload %s".formatted(acceptRemovals)));
  }

  private String call(String call) throws Refused {
    calls.add(call);
    if (!invalid.isEmpty()) {
      throw new Refused(invalid, Refused.Kind.CONFIGURATION);
    }
    if (call.contains("refused")) {
      throw new Refused("no: " + call + "\nand a second line");
    }
    return call;
  }

  public static Explanation explanation(String rule) {
    return new Explanation(
        "www.example.com.",
        List.of(),
        "A",
        "192.0.2.0/24 (client subnet)",
        null,
        rule,
        List.of(
            new PoolStep("eu", 1 / 3.0, false, "33 % usable is below min_up 50 %", 6_666L),
            new PoolStep("us", 1, true, "serves", null)),
        "us",
        Reason.FAILOVER,
        "addresses",
        null,
        List.of(
            new BackendOdds("iad1", List.of("198.51.100.1"), "UP", null, 0.75, 1, ""),
            new BackendOdds("iad2", List.of("198.51.100.2"), "UP", "DOWN", 0.25, 0, "forced down")),
        0,
        15,
        "a streak of failures",
        24);
  }

  /** A node with one of each thing that an operator must know. */
  public static Status troubled() {
    return new Status(
        "0.1.0",
        42,
        NOW.minusSeconds(7200),
        NOW.minusSeconds(3600),
        "/etc/azimuth/azimuth.yaml",
        new Frozen("maintenance", "ann", NOW.minusSeconds(60), NOW.plusSeconds(600)),
        null,
        null,
        List.of("the query log is not written: nobody listens there"),
        List.of("the token is not secret"),
        new Rejected(NOW.minusSeconds(30), "azimuth.yaml:3:1: error[X] pools: wrong"),
        List.of(
            new OverrideStatus(
                "us/iad2", "down", 1, "disk", "bob", NOW.minusSeconds(120), null, null),
            new OverrideStatus(
                "tag:blue",
                "drain",
                3,
                "release",
                "ann",
                NOW.minusSeconds(60),
                NOW.plusSeconds(7200),
                NOW.plusSeconds(10800))),
        List.of(
            new PoolStatus(
                "eu",
                1 / 3.0,
                1.0,
                false,
                null,
                List.of(
                    new BackendStatus(
                        "fra1",
                        3,
                        false,
                        8080,
                        null,
                        List.of(
                            endpoint("192.0.2.1", "DOWN", 0, "L7STS", "503 \u001b[31mbad\n"),
                            endpoint("2001:db8::1", "UP", 1, "L7OK", ""))))),
            new PoolStatus(
                "us",
                0.75,
                null,
                true,
                NOW.plusSeconds(45),
                List.of(
                    new BackendStatus(
                        "iad2",
                        1,
                        true,
                        null,
                        "DOWN",
                        List.of(endpoint("198.51.100.2", "UP", 0, "L4OK", "")))))),
        List.of(
            new NameStatus("www.example.com.", "routes.world[1]", "us", "FAILOVER", false, 15),
            new NameStatus(
                "api.example.com.", "zones.example.com.names.api.to", null, "FROZEN", true, 15)),
        List.of(
            new ZoneStatus("example.com", 7, 3, NOW.minusSeconds(3600), true, null),
            new ZoneStatus(
                "example.net",
                4294967295L,
                9,
                NOW.minusSeconds(60),
                true,
                "net.zone:3:1: error[NAME]")),
        new GeoStatus(
            List.of(
                new DatabaseStatus("city.mmdb", "Made-City", NOW.minusSeconds(86_400 * 3), 5_000)),
            70,
            "the database city.mmdb cannot be used"),
        List.of(
            new ListenerStatus("127.0.0.1:53", "udp"), new ListenerStatus("127.0.0.1:53", "tcp")),
        List.of());
  }

  private static EndpointStatus endpoint(
      String address, String state, int streak, String code, String detail) {
    return new EndpointStatus(
        address, state, streak, NOW.minusSeconds(300), code, detail, 1234, null, List.of());
  }
}
