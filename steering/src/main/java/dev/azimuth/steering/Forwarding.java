package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.List;

/**
 * The backends that connections are forwarded to now.
 *
 * @param serving how many pools of the list were passed over; -1 when nothing is given
 * @param usable whether some of them are usable; else they are given only since nothing is
 * @param reason why it is these
 * @param given none when there is nothing to forward to
 * @param next where connections go that reach none of these: each pool that stands behind the one
 *     that serves and has something usable, in order
 */
public record Forwarding(
    int serving, boolean usable, Reason reason, List<Given> given, List<Next> next) {
  public Forwarding {
    given = List.copyOf(given);
    next = List.copyOf(next);
  }

  /**
   * One pool behind.
   *
   * @param place how many pools of the list stand before it
   * @param given what is usable of it, at least one
   */
  public record Next(int place, List<Given> given) {
    public Next {
      given = List.copyOf(given);
    }
  }

  /**
   * One backend.
   *
   * @param pool its name
   * @param addresses at least one: those that are up; IPv4 first where it has both
   * @param weight above 0, in proportion to the others
   */
  public record Given(String pool, Backend backend, List<InetAddress> addresses, int weight) {
    public Given {
      addresses = List.copyOf(addresses);
    }
  }
}
