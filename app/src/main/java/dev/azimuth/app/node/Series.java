package dev.azimuth.app.node;

import dev.azimuth.app.metrics.BackendSource;
import dev.azimuth.app.metrics.TrafficSource;
import dev.azimuth.health.Formula;
import dev.azimuth.health.State;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Listener;
import dev.azimuth.resolver.TrafficVisitor;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Bound.PoolStanding;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Turns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bounded series of a scrape: walks the tables in force, keeps none of its own. */
final class Series implements BackendSource, TrafficSource {
  private final Supplier<@Nullable Published> published;
  private final Supplier<@Nullable DnsServer> server;
  private final Map<String, String> unresolved;

  /**
   * @param unresolved host names whose newest look failed, with the reason; live
   */
  Series(
      Supplier<@Nullable Published> published,
      Supplier<@Nullable DnsServer> server,
      Map<String, String> unresolved) {
    this.published = published;
    this.server = server;
    this.unresolved = unresolved;
  }

  @Override
  public void hosts(HostVisitor visitor) {
    Published now = published.get();
    if (now != null) {
      for (String host : Plan.hosts(now.plan().source().config())) {
        visitor.host(host, now.addresses().containsKey(host) && !unresolved.containsKey(host));
      }
    }
  }

  @Override
  public void addresses(AddressVisitor visitor) {
    Published now = published.get();
    if (now == null) {
      return;
    }
    for (Pool pool : now.plan().steering().pools()) {
      for (Backend backend : pool.backends()) {
        for (Endpoint endpoint : backend.endpoints()) {
          boolean checked = endpoint.verdict() >= 0;
          visitor.address(
              pool.name(),
              backend.name(),
              Addresses.text(endpoint.address()),
              !checked || now.judge(endpoint.verdict()).state() != State.DOWN,
              checked ? now.meanMicros(endpoint.verdict()) : 0);
        }
      }
    }
  }

  @Override
  public void checks(CheckVisitor visitor) {
    Published now = published.get();
    if (now == null || now.plan().source().config().combinations().isEmpty()) {
      return;
    }
    for (Pool pool : now.plan().steering().pools()) {
      for (Backend backend : pool.backends()) {
        for (Endpoint endpoint : backend.endpoints()) {
          checks(now, pool, backend, endpoint, visitor);
        }
      }
    }
  }

  private static void checks(
      Published now, Pool pool, Backend backend, Endpoint endpoint, CheckVisitor visitor) {
    if (endpoint.verdict() < 0
        || now.plan().verdicts().get(endpoint.verdict()) instanceof Formula.One) {
      return;
    }
    for (CheckParts.Part part :
        CheckParts.of(now.plan().source().config(), pool.name(), backend.name(), endpoint)) {
      visitor.check(
          pool.name(),
          backend.name(),
          Addresses.text(endpoint.address()),
          part.check(),
          now.live(part.target()).state() != State.DOWN);
    }
  }

  @Override
  public void pools(PoolVisitor visitor) {
    Published now = published.get();
    if (now != null) {
      for (PoolStanding standing : now.bound().poolStandings()) {
        visitor.pool(standing.pool().name(), standing.serves(), standing.heldUntil() != 0);
      }
    }
  }

  @Override
  public void answers(AnswerVisitor visitor) {
    Published now = published.get();
    DnsServer open = server.get();
    if (now == null || open == null) {
      return;
    }
    List<Turns> workers = open.turns();
    for (Pool pool : now.plan().steering().pools()) {
      for (Backend backend : pool.backends()) {
        long given = 0;
        for (Turns turns : workers) {
          given += turns.given(backend.slot());
        }
        visitor.answers(pool.name(), backend.name(), given);
      }
    }
  }

  @Override
  public void requests(ChannelVisitor visitor) {
    // Every packet is answered or dropped; a reply that the kernel did not take was answered first.
    Map<List<String>, Long> sums = new LinkedHashMap<>();
    traffic(
        new Counts() {
          @Override
          public void answered(
              Listener listener, Channel channel, String type, String rcode, long count) {
            sums.merge(List.of(address(listener), words(channel)), count, Long::sum);
          }

          @Override
          public void dropped(Listener listener, Channel channel, Drop why, long count) {
            if (why != Drop.UNSENT) {
              sums.merge(List.of(address(listener), words(channel)), count, Long::sum);
            }
          }
        });
    sums.forEach((key, count) -> visitor.count(key.get(0), key.get(1), count));
  }

  @Override
  public void truncated(ChannelVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void truncated(Listener listener, Channel channel, long count) {
            visitor.count(address(listener), words(channel), count);
          }
        });
  }

  @Override
  public void responses(ResponseVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void answered(
              Listener listener, Channel channel, String type, String rcode, long count) {
            visitor.responses(address(listener), words(channel), type, rcode, count);
          }
        });
  }

  @Override
  public void drops(DropVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void dropped(Listener listener, Channel channel, Drop why, long count) {
            visitor.dropped(address(listener), words(channel), words(why), count);
          }
        });
  }

  @Override
  public void openConnections(ListenerVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void open(Listener listener, long count) {
            visitor.count(address(listener), count);
          }
        });
  }

  @Override
  public void acceptedConnections(ListenerVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void connections(Listener listener, Connection what, long count) {
            if (what == Connection.ACCEPTED) {
              visitor.count(address(listener), count);
            }
          }
        });
  }

  @Override
  public void limitedConnections(LimitVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void connections(Listener listener, Connection what, long count) {
            if (what != Connection.ACCEPTED) {
              visitor.closed(address(listener), words(what), count);
            }
          }
        });
  }

  @Override
  public void failedReceives(ChannelVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void failedReceives(Listener listener, Channel channel, long count) {
            visitor.count(address(listener), words(channel), count);
          }
        });
  }

  @Override
  public void joined(ListenerVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void joined(Listener listener, long count) {
            visitor.count(address(listener), count);
          }
        });
  }

  @Override
  public void cookies(CookieVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void cookies(Listener listener, Channel channel, Cookie cookie, long count) {
            visitor.cookies(address(listener), words(channel), words(cookie), count);
          }
        });
  }

  @Override
  public void prohibited(ChannelVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void prohibited(Listener listener, Channel channel, long count) {
            visitor.count(address(listener), words(channel), count);
          }
        });
  }

  @Override
  public void rateLimited(RateLimitVisitor visitor) {
    traffic(
        new Counts() {
          @Override
          public void limited(Listener listener, AnswerClass of, Limited how, long count) {
            visitor.limited(address(listener), words(of), words(how), count);
          }
        });
  }

  private void traffic(TrafficVisitor visitor) {
    DnsServer open = server.get();
    if (open != null) {
      open.traffic(visitor);
    }
  }

  private static String address(Listener listener) {
    return Addresses.text(listener.effective());
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Passes over what a series does not ask for. */
  private abstract static class Counts implements TrafficVisitor {
    @Override
    public void answered(
        Listener listener, Channel channel, String type, String rcode, long count) {}

    @Override
    public void truncated(Listener listener, Channel channel, long count) {}

    @Override
    public void cookies(Listener listener, Channel channel, Cookie cookie, long count) {}

    @Override
    public void prohibited(Listener listener, Channel channel, long count) {}

    @Override
    public void limited(Listener listener, AnswerClass of, Limited how, long count) {}

    @Override
    public void dropped(Listener listener, Channel channel, Drop why, long count) {}
  }
}
