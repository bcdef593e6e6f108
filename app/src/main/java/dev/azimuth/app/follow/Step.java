package dev.azimuth.app.follow;

import java.net.InetAddress;
import java.util.List;

/** What is next in finding the addresses of one family: another question, or the end. */
sealed interface Step permits Chain, Step.Result {

  /** The end, for one family. */
  sealed interface Result extends Step {}

  /**
   * @param addresses at least one, sorted, without duplicates
   * @param ttl the least of all records that led to them, in seconds
   */
  record Addresses(List<InetAddress> addresses, long ttl) implements Result {}

  /** The name certainly has no address of the family. */
  record None(String why) implements Result {}

  /** Nothing is known. */
  record Failed(String why) implements Result {}
}
