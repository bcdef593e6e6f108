package dev.azimuth.resolver;

import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.PrefixMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask, who speaks for others, and how much is answered. Immutable; what it is asked for
 * each query allocates nothing, and costs nothing where it is the same for everybody.
 */
public final class Admission {
  private static final Cidr ALL_V4 = new Cidr(true, 0, 0, 0);
  private static final Cidr ALL_V6 = new Cidr(false, 0, 0, 0);

  /** The prefixes that together are every address. */
  public static final List<Cidr> ANY = List.of(ALL_V4, ALL_V6);

  /** Everybody may ask, for himself, without limit. */
  public static final Admission OPEN = new Admission(ANY, List.of(), List.of(), null);

  private static final int ALLOWED = 0;
  private static final int DENIED = 1;
  private static final int FRONT_END = 2;
  private static final int EXEMPT = 3;

  private final PrefixMap groups;
  private final boolean asksWho;
  private final boolean anyFrontEnd;
  private final boolean anyExempt;
  private final @Nullable RateLimit limit;

  /**
   * @param allow whose queries are answered, but for {@code deny}
   * @param proxy the front ends: each query that comes from there begins with a PROXY header, which
   *     says who the client is
   * @param limit null for none
   */
  public Admission(List<Cidr> allow, List<Cidr> deny, List<Cidr> proxy, @Nullable RateLimit limit) {
    List<Cidr> exempt = limit == null ? List.of() : limit.exempt();
    groups =
        PrefixMap.of(
            List.of(
                new PrefixMap.Input(ALLOWED, allow),
                new PrefixMap.Input(DENIED, deny),
                new PrefixMap.Input(FRONT_END, proxy),
                new PrefixMap.Input(EXEMPT, exempt)),
            inside ->
                (inside.get(ALLOWED) && !inside.get(DENIED) ? 1 << ALLOWED : 0)
                    | (inside.get(FRONT_END) ? 1 << FRONT_END : 0)
                    | (inside.get(EXEMPT) ? 1 << EXEMPT : 0));
    asksWho = !allow.containsAll(ANY) || !deny.isEmpty();
    anyFrontEnd = !proxy.isEmpty();
    anyExempt = !exempt.isEmpty();
    this.limit = limit;
  }

  /** Whether a client may ask. */
  boolean admits(Client client) {
    return !asksWho || in(ALLOWED, client);
  }

  /** Whether an address is that of a front end, so that another is the client. */
  boolean isFrontEnd(Client source) {
    return anyFrontEnd && in(FRONT_END, source);
  }

  /** Whether the responses to a client are not limited. */
  boolean exempts(Client client) {
    return anyExempt && in(EXEMPT, client);
  }

  /** The limit of responses; null for none. */
  @Nullable RateLimit limit() {
    return limit;
  }

  private boolean in(int group, Client client) {
    return (groups.value(client.v4, client.high, client.low) >> group & 1) != 0;
  }
}
