package dev.azimuth.app.follow;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Resolves host names in the background and again whenever their TTL ends.
 *
 * <p>Losing the resolver never loses addresses: a failure of any kind, and an answer without any
 * address, keep what was told last, and the name is tried again after 1 s, doubling to 30 s. Each
 * family does so by itself: where only one fails, or has no addresses any more, the other is told
 * and that one keeps its last. A name that never had addresses of a family just has none. What was
 * known before this process is kept through failures alike; an empty answer for one family, while
 * the other has addresses, gives it up.
 *
 * <p>Safe for use by any number of threads. The listener is called by one thread at a time.
 */
public final class Follower implements AutoCloseable {

  /** The bounds within which a TTL is believed. */
  static final Duration LEAST_TTL = Duration.ofSeconds(5);

  static final Duration MOST_TTL = Duration.ofHours(1);

  static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  static final Duration LAST_RETRY = Duration.ofSeconds(30);

  /** How long one attempt at a name may take, all its questions together. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  /** Names asked about at the same time; more wait for their turn. */
  static final int MOST_ATTEMPTS = 32;

  private final LongSupplier clock;
  private final Resolver resolver;
  private final Listener listener;
  private final Loop loop;

  // Touched by tasks of the loop only.
  private final Map<String, Host> hosts = new HashMap<>();
  private final Queue<Host> waiting = new ArrayDeque<>();
  private int attempts;

  /** Hears what became of the followed names. Must not block. */
  public interface Listener {

    /**
     * The name was resolved, with or without a change.
     *
     * @param addresses at least one and at most 16 of each family, IPv4 first, sorted by number:
     *     the same set is always the same list
     * @param expires when their TTL ends and they are resolved anew, on the steady clock
     */
    void resolved(String host, List<InetAddress> addresses, long expires);

    /**
     * The name, or one family of it, could not be resolved; what was told last stays good.
     *
     * @param none whether a server said of both families that there is no address
     */
    void failed(String host, String why, boolean none);
  }

  private static final class Host {
    final String text;
    final Name name;
    Last v4;
    Last v6;
    int failures;

    Host(String text, Name name, List<InetAddress> known) {
      this.text = text;
      this.name = name;
      v4 = new Last(known.stream().filter(Inet4Address.class::isInstance).toList(), false);
      v6 = new Last(known.stream().filter(Inet6Address.class::isInstance).toList(), false);
    }
  }

  /**
   * What is known of one family.
   *
   * @param heard whether a server said so to this process
   */
  private record Last(List<InetAddress> addresses, boolean heard) {

    /** Whether it is left as it was, since nothing came or an answer that may be a mistake. */
    boolean stays(Step.Result result) {
      return switch (result) {
        case Step.Addresses _ -> false;
        case Step.None _ -> heard && !addresses.isEmpty();
        case Step.Failed _ -> true;
      };
    }

    Last after(Step.Result result) {
      return switch (result) {
        case Step.Addresses(List<InetAddress> addresses, long _) -> new Last(addresses, true);
        case Step.None _ -> stays(result) ? this : new Last(List.of(), true);
        case Step.Failed _ -> this;
      };
    }
  }

  /**
   * @param clock the steady clock
   * @param resolver must answer or fail in a time of its own; it is given up after 10 s
   */
  public Follower(LongSupplier clock, Resolver resolver, Listener listener) {
    this(clock, resolver, listener, Loop.onThread("azimuth-follower"));
  }

  Follower(LongSupplier clock, Resolver resolver, Listener listener, Loop loop) {
    this.clock = clock;
    this.resolver = resolver;
    this.listener = listener;
    this.loop = loop;
  }

  /**
   * Replaces the set of followed names. Names that stay go on undisturbed, new ones are resolved at
   * once, and of removed ones nothing more is told, except by a call that is already under way.
   *
   * @param wanted by host name, always taken as absolute, with or without the final dot: what
   *     addresses it is known to have, if any, which counts for new names alone
   */
  public void follow(Map<String, List<InetAddress>> wanted) {
    Map<String, List<InetAddress>> copy = Map.copyOf(wanted);
    loop.execute(() -> replace(copy));
  }

  /** Ends it; waits for nothing. The resolver is not closed. */
  @Override
  public void close() {
    loop.close();
  }

  private void replace(Map<String, List<InetAddress>> wanted) {
    hosts.keySet().retainAll(wanted.keySet());
    wanted.forEach(
        (text, known) -> {
          if (!hosts.containsKey(text)) {
            add(text, known);
          }
        });
  }

  private void add(String text, List<InetAddress> known) {
    try {
      Host host = new Host(text, Name.fromString(text, Name.root), known);
      hosts.put(text, host);
      resolve(host);
    } catch (TextParseException e) {
      listener.failed(text, "not a host name", true);
    }
  }

  private boolean isFollowed(Host host) {
    return hosts.get(host.text) == host;
  }

  private void resolve(Host host) {
    if (!isFollowed(host)) {
      return;
    }
    if (attempts == MOST_ATTEMPTS) {
      waiting.add(host);
      return;
    }
    attempts++;
    new Attempt(host).begin();
  }

  private void end(Attempt attempt, Step.Result v4, Step.Result v6) {
    attempts--;
    if (isFollowed(attempt.host)) {
      settle(attempt.host, v4, v6);
    }
    while (attempts < MOST_ATTEMPTS && !waiting.isEmpty()) {
      resolve(waiting.remove());
    }
  }

  private void settle(Host host, Step.Result v4, Step.Result v6) {
    long ttl = Math.min(ttl(v4), ttl(v6));
    boolean found = ttl != Long.MAX_VALUE;
    boolean failed = !found || host.v4.stays(v4) || host.v6.stays(v6);
    long good = Math.clamp(ttl, LEAST_TTL.toSeconds(), MOST_TTL.toSeconds()) * 1000;
    host.failures = failed ? host.failures + 1 : 0;
    long next = failed ? Math.min(good, retryAfter(host.failures)) : good;
    loop.schedule(() -> resolve(host), next);
    if (found) {
      host.v4 = host.v4.after(v4);
      host.v6 = host.v6.after(v6);
      List<InetAddress> both =
          Stream.concat(host.v4.addresses.stream(), host.v6.addresses.stream()).toList();
      listener.resolved(host.text, both, clock.getAsLong() + good);
    }
    if (failed) {
      boolean none = v4 instanceof Step.None && v6 instanceof Step.None;
      listener.failed(host.text, why(v4, v6), none);
    }
  }

  /** The n-th failure in a row is followed by a pause of 1, 2, 4, 8, 16, 30, 30 … seconds. */
  private static long retryAfter(int failures) {
    long doubled = FIRST_RETRY.toMillis() << Math.min(failures - 1, 10);
    return Math.min(doubled, LAST_RETRY.toMillis());
  }

  private static long ttl(Step.Result result) {
    return switch (result) {
      case Step.Addresses(var _, long ttl) -> ttl;
      case Step.None _, Step.Failed _ -> Long.MAX_VALUE;
    };
  }

  private static String why(Step.Result v4, Step.Result v6) {
    List<String> reasons = new ArrayList<>();
    reason(v4).ifPresent(why -> reasons.add("A: " + why));
    reason(v6).ifPresent(why -> reasons.add("AAAA: " + why));
    return String.join(", ", reasons);
  }

  private static Optional<String> reason(Step.Result result) {
    return switch (result) {
      case Step.Addresses _ -> Optional.empty();
      case Step.None(String why) -> Optional.of(why);
      case Step.Failed(String why) -> Optional.of(why);
    };
  }

  private static String cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause().toString()
        : String.valueOf(failure);
  }

  /** One try at both families of a name. Lives on the loop. */
  private final class Attempt {
    final Host host;
    private Step.@Nullable Result v4;
    private Step.@Nullable Result v6;

    Attempt(Host host) {
      this.host = host;
    }

    void begin() {
      loop.schedule(this::expire, DEADLINE.toMillis());
      ask(Chain.start(host.name, Type.A));
      ask(Chain.start(host.name, Type.AAAA));
    }

    private void ask(Chain chain) {
      var _ =
          resolver
              .sendAsync(chain.question())
              .whenComplete((answer, failure) -> loop.execute(() -> take(chain, answer, failure)));
    }

    private void take(Chain asked, @Nullable Message answer, @Nullable Throwable failure) {
      if (isOver()) {
        return;
      }
      Step step = answer == null ? new Step.Failed(cause(failure)) : asked.read(answer);
      switch (step) {
        case Chain further -> ask(further);
        case Step.Result result -> set(asked.type(), result);
      }
    }

    private void set(int type, Step.Result result) {
      if (type == Type.A) {
        v4 = result;
      } else {
        v6 = result;
      }
      if (v4 != null && v6 != null) {
        end(this, v4, v6);
      }
    }

    private boolean isOver() {
      return v4 != null && v6 != null;
    }

    private void expire() {
      if (!isOver()) {
        Step.Failed late = new Step.Failed("no answer within " + DEADLINE.toSeconds() + " s");
        v4 = v4 == null ? late : v4;
        v6 = v6 == null ? late : v6;
        end(this, v4, v6);
      }
    }
  }
}
