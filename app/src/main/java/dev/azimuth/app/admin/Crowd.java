package dev.azimuth.app.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is connected: at most so many connections in all and so many of one peer, which is an IPv4
 * address or an IPv6 network of 64 bits. Belongs to one thread.
 */
final class Crowd {
  private static final int NETWORK_OCTETS = 8;

  private final int most;
  private final int mostOfPeer;
  private final Map<List<Byte>, Integer> peers = new HashMap<>();
  private int all;

  /** What came of a connection. */
  enum Entry {
    ADMITTED,
    /** Its peer has too many. */
    PEER_FULL,
    /** There are too many. */
    FULL
  }

  /**
   * @param most in all
   * @param mostOfPeer of one peer
   */
  Crowd(int most, int mostOfPeer) {
    this.most = most;
    this.mostOfPeer = mostOfPeer;
  }

  /** Takes one more connection in, where there is room; {@link #left} must follow then alone. */
  Entry enter(InetAddress from) {
    List<Byte> peer = peer(from);
    int of = peers.getOrDefault(peer, 0);
    if (of >= mostOfPeer) {
      return Entry.PEER_FULL;
    }
    if (all >= most) {
      return Entry.FULL;
    }
    all++;
    peers.put(peer, of + 1);
    return Entry.ADMITTED;
  }

  /** A connection that was admitted is gone. */
  void left(InetAddress from) {
    all--;
    peers.computeIfPresent(peer(from), (_, of) -> of == 1 ? null : of - 1);
  }

  private static List<Byte> peer(InetAddress from) {
    byte[] octets = from.getAddress();
    byte[] network = from instanceof Inet6Address ? Arrays.copyOf(octets, NETWORK_OCTETS) : octets;
    Byte[] boxed = new Byte[network.length];
    Arrays.setAll(boxed, i -> network[i]);
    return List.of(boxed);
  }
}
