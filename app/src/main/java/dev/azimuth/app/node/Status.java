package dev.azimuth.app.node;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node at one instant, as {@code /status} gives it in JSON.
 *
 * @param frozen null when the table is not frozen
 * @param doubting since when the node doubts its own checks; null when it does not
 * @param notKept why the orders in force would not survive a restart; null when they would
 * @param troubles what does not work and an operator has to mend, a sentence each
 * @param hints what an operator should mend though everything works
 * @param geo null when there are no databases of places
 * @param rejected the newest configuration when it was not taken up; null when the file's serves
 */
public record Status(
    String version,
    long generation,
    Instant started,
    Instant configurationLoaded,
    String configuration,
    @Nullable Frozen frozen,
    @Nullable Instant doubting,
    @Nullable String notKept,
    List<String> troubles,
    List<String> hints,
    @Nullable Rejected rejected,
    List<OverrideStatus> overrides,
    List<PoolStatus> pools,
    List<NameStatus> names,
    List<ZoneStatus> zones,
    @Nullable GeoStatus geo,
    List<ListenerStatus> listeners,
    List<BalancerStatus> balancers) {

  /**
   * @param until null for until it is taken back
   */
  public record Frozen(String reason, String author, Instant since, @Nullable Instant until) {}

  /**
   * @param problems formatted for a terminal
   */
  public record Rejected(Instant since, String problems) {}

  /**
   * An order.
   *
   * @param selector {@code pool/backend}, a pool, a pattern, {@code tag:NAME} or {@code
   *     balancer:NAME}
   * @param what {@code drain}, {@code down}, {@code up} or {@code weight N}
   * @param matches how many backends, or balancers, it means now
   * @param since when it was given
   * @param from when it is to begin; null when it has begun
   * @param until null for until it is cleared
   */
  public record OverrideStatus(
      String selector,
      String what,
      int matches,
      String reason,
      String author,
      Instant since,
      @Nullable Instant from,
      @Nullable Instant until) {}

  /**
   * @param shareV4 usable share by IPv4, 0 to 1; null where the pool has no backend of the family
   * @param shareV6 the same by IPv6
   * @param serves whether its share reaches {@code min_up} in the family that decides
   * @param heldUntil null when not on failback hold; {@link Instant#MAX} for a manual failback
   */
  public record PoolStatus(
      String name,
      @Nullable Double shareV4,
      @Nullable Double shareV6,
      boolean serves,
      @Nullable Instant heldUntil,
      List<BackendStatus> backends) {}

  /**
   * @param weight in force: as configured, unless ordered
   * @param port as configured; null when it has none of its own
   * @param forced null when its checks decide
   */
  public record BackendStatus(
      String name,
      int weight,
      boolean standby,
      @Nullable Integer port,
      @Nullable String forced,
      List<EndpointStatus> endpoints) {}

  /**
   * @param state UNKNOWN, UP, DOWN, or NONE for an address without a check
   * @param streak results in a row that speak against the state; 0 for a combination
   * @param since when the state began; null without a check
   * @param code of the newest probe result, such as L7OK; null before the first, and for a
   *     combination
   * @param detail beside the code; empty where there is none
   * @param tookMicros how long that probe took, in microseconds
   * @param asks for how much of its weight its check asks, in percent; null for the whole
   * @param checks what a combination is made of; empty for a single check
   */
  public record EndpointStatus(
      String address,
      String state,
      int streak,
      @Nullable Instant since,
      @Nullable String code,
      String detail,
      long tookMicros,
      @Nullable Integer asks,
      List<CheckStatus> checks) {}

  /**
   * One check of a combination; the rest as {@link EndpointStatus} has it.
   *
   * @param watched whether it only reports
   */
  public record CheckStatus(
      String check,
      boolean watched,
      String state,
      int streak,
      Instant since,
      @Nullable String code,
      String detail,
      long tookMicros) {}

  /**
   * What one rule of a name gives now.
   *
   * @param pool that serves; null for none
   * @param allDown whether no backend of any listed pool is usable, whatever the reason says
   */
  public record NameStatus(
      String name, String rule, @Nullable String pool, String reason, boolean allDown, int ttl) {}

  /**
   * @param origin as the configuration has it
   * @param serial as served
   * @param names how many there are, empty non-terminals counted
   * @param loaded when the data were read that serve
   * @param serves whether there are data; else every answer is SERVFAIL
   * @param rejected why newer data were not taken up; null when the files' serve
   */
  public record ZoneStatus(
      String origin,
      long serial,
      int names,
      Instant loaded,
      boolean serves,
      @Nullable String rejected) {}

  /**
   * @param places how many distinct ones the databases know
   * @param rejected why what their files hold now is not used; null when it is
   */
  public record GeoStatus(List<DatabaseStatus> databases, int places, @Nullable String rejected) {}

  /**
   * @param type as it calls itself
   * @param built when its maker built it
   */
  public record DatabaseStatus(String file, String type, Instant built, long networks) {}

  /**
   * @param address in effect, such as {@code 127.0.0.1:53}
   */
  public record ListenerStatus(String address, String transport) {}
}
