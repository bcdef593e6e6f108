package dev.azimuth.app.whatif;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a forecast is made for.
 *
 * @param clients a file of prefixes or a query log; null for every address there is
 * @param ipv6 whether that is every IPv6 address, else every IPv4 address
 * @param names which names, with or without the final dot; all where it is empty
 * @param load the queries or connections a second of all clients together, at least 1; 0 where
 *     nobody says
 */
public record Assumptions(@Nullable Path clients, boolean ipv6, List<String> names, long load) {
  public Assumptions {
    names = List.copyOf(names);
  }
}
