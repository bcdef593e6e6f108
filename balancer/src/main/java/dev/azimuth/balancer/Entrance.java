package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/**
 * What stands between a client and the choice of a backend, as one state of the settings has it.
 *
 * @param tls ends the TLS of clients; null for none
 * @param onward speaks TLS to backends; null for none
 * @param looks whether the client's first octets have to be looked at, whoever it is
 */
record Entrance(
    Settings settings,
    Gate gate,
    Sources sources,
    Matches matches,
    @Nullable ServerTls tls,
    @Nullable ClientTls onward,
    boolean looks) {
  /**
   * @param before what is counted of sources goes on; null at first
   */
  static Entrance of(Settings settings, Credentials credentials, @Nullable Entrance before) {
    Sources sources =
        before == null ? new Sources(settings.limits()) : before.sources.under(settings.limits());
    var matches = new Matches(settings.matches());
    return new Entrance(
        settings,
        new Gate(settings.access()),
        sources,
        matches,
        credentials.server(settings),
        credentials.client(settings),
        settings.tls() != null || !matches.isEmpty());
  }

  /** Whether it is what this would be. */
  boolean is(Settings now, Credentials credentials) {
    return settings.equals(now)
        && tls == credentials.server(now)
        && onward == credentials.client(now);
  }

  /** Lets a client in, whose address is known by now; why not, or null. */
  @Nullable End enter(Caller caller, long now) {
    if (!gate.admits(caller.client().getAddress())) {
      return End.NOT_ALLOWED;
    }
    int ticket = sources.enter(caller.client().getAddress(), now);
    return switch (ticket) {
      case Sources.TOO_MANY -> End.PER_SOURCE;
      case Sources.TOO_FAST -> End.SOURCE_RATE;
      default -> {
        caller.counted(sources, ticket);
        yield null;
      }
    };
  }
}
