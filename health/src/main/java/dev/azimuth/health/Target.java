package dev.azimuth.health;

import java.net.InetAddress;

/**
 * What one probe goes to: the key by which identical checks of the same place run once.
 *
 * @param address where to connect, the check's own address already applied
 * @param port 1 to 65535; 0 for checks that know none
 * @param about the backend that the check is about, such as {@code eu/fra1}, where the check finds
 *     that out by the backend's name; empty for a check of the place, which all share that are
 *     there
 */
public record Target(InetAddress address, int port, Check check, String about) {

  /** A check of the place. */
  public Target(InetAddress address, int port, Check check) {
    this(address, port, check, "");
  }

  /** The same but for the times and the secrets of its check: what is asked, and where. */
  public Target question() {
    return new Target(address, port, check.question(), about);
  }
}
