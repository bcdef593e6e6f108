package dev.azimuth.resolver;

import dev.azimuth.net.Descriptor;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The sockets of one address on their way from one process to another ({@link DnsServer#handOver}).
 * Both processes may read them at the same time; what is queued in them goes to whoever reads.
 *
 * @param configured as the first process was asked for it, perhaps with port 0
 * @param datagrams the UDP sockets, at least one; together they are all that share the address, so
 *     that none is left whose queue nobody reads
 * @param stream the TCP socket, which listens
 */
public record HandedListener(
    InetSocketAddress configured, List<Descriptor> datagrams, Descriptor stream)
    implements AutoCloseable {
  public HandedListener {
    datagrams = List.copyOf(datagrams);
    if (datagrams.isEmpty()) {
      throw new IllegalArgumentException("no UDP socket of " + configured);
    }
  }

  /** Closes the descriptors that nobody has taken. */
  @Override
  public void close() {
    datagrams.forEach(Descriptor::close);
    stream.close();
  }
}
