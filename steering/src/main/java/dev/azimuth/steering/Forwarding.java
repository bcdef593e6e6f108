package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.List;

/**
 * The backends that connections are forwarded to now.
 *
 * @param serving how many pools of the list were passed over; -1 when nothing is given
 * @param reason why it is these
 * @param given none when there is nothing to forward to
 */
public record Forwarding(int serving, Reason reason, List<Given> given) {
  public Forwarding {
    given = List.copyOf(given);
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
