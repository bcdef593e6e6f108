package dev.azimuth.steering;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a client gets what it gets.
 *
 * @param aliases in the zone data that lead to the name, the one that was asked for in front; empty
 *     where the name itself was
 * @param type {@code A} or {@code AAAA}
 * @param client what the rules looked at, such as {@code 192.0.2.0/24 (client subnet)}
 * @param place where the client is; null where there is no database
 * @param rule the label of the rule that matched
 * @param pools every pool that was looked at, in order
 * @param pool the one that serves; null when none does
 * @param answer what is answered: {@code addresses}, {@code nodata}, {@code servfail} or {@code
 *     cname TARGET}
 * @param allDown what is said for when nothing is usable; null while something is
 * @param backends those of the pools that serve, with their odds; when none does, of every listed
 *     pool
 * @param others how many backends more there are of which nothing is told
 * @param ttl of the answer's records, of the SOA where it has none, in seconds
 * @param ttlReason what keeps the TTL from being longer
 * @param scope of the client subnet in the reply
 */
public record Explanation(
    String name,
    List<String> aliases,
    String type,
    String client,
    @Nullable Whereabouts place,
    String rule,
    List<PoolStep> pools,
    @Nullable String pool,
    Reason reason,
    String answer,
    @Nullable WhenDown allDown,
    List<BackendOdds> backends,
    int others,
    int ttl,
    String ttlReason,
    int scope) {

  /**
   * The same with what nothing that decides looks at: how the name was come to, and what pools can
   * take.
   *
   * @param capacities by the names of pools
   */
  public Explanation with(List<String> aliases, Map<String, Long> capacities) {
    return new Explanation(
        name,
        aliases,
        type,
        client,
        place,
        rule,
        pools.stream()
            .map(
                step ->
                    new PoolStep(
                        step.pool,
                        step.share,
                        step.serves,
                        step.verdict,
                        capacities.get(step.pool)))
            .toList(),
        pool,
        reason,
        answer,
        allDown,
        backends,
        others,
        ttl,
        ttlReason,
        scope);
  }

  /**
   * @param prefix the network around the client that lies in one place
   * @param place what is known of it, in words; {@code not known} for nothing
   * @param databases that were asked, those that count first in front
   */
  public record Whereabouts(String prefix, String place, List<String> databases) {}

  /**
   * @param share usable ones among its ordinary backends in the deciding family, 0 to 1
   * @param verdict why it serves or was passed over, in words
   * @param capacity what its usable backends can take, in the operator's unit; null where nobody
   *     says
   */
  public record PoolStep(
      String pool, double share, boolean serves, String verdict, @Nullable Long capacity) {}

  /**
   * What is answered since no backend of any listed pool is usable.
   *
   * @param form as {@code all_down} has it, such as {@code last_good}
   * @param by who says so: {@code the rule}, {@code the name}, {@code pool NAME}, {@code the zone}
   *     or {@code the defaults}
   * @param gives what that comes to, in words; an address or the target of an alias as it is
   */
  public record WhenDown(String form, String by, String gives) {}

  /**
   * @param state as the checks say
   * @param forced null when nothing is forced
   * @param configured its weight among all ordinary backends, 0 to 1
   * @param odds of being among this client's answers now, 0 to 1
   * @param note why it is left out, or what else its odds come from; empty for nothing
   */
  public record BackendOdds(
      String backend,
      List<String> addresses,
      String state,
      @Nullable String forced,
      double configured,
      double odds,
      String note) {}
}
