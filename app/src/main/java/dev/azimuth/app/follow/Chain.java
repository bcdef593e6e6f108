package dev.azimuth.app.follow;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A chain of CNAME records as far as it is known, and so the next question.
 *
 * @param end the name at the end, absolute, whose addresses are wanted
 * @param type A or AAAA
 * @param links CNAME records followed so far
 * @param ttl the least TTL of those, in seconds
 */
record Chain(Name end, int type, int links, long ttl) implements Step {

  static final int MOST_LINKS = 16;

  /** The most addresses of one family that are used. */
  static final int MOST_ADDRESSES = 16;

  private static final Comparator<InetAddress> BY_OCTETS =
      Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned);

  static Chain start(Name host, int type) {
    return new Chain(host, type, 0, Long.MAX_VALUE);
  }

  Message question() {
    return Message.newQuery(Record.newRecord(end, type, DClass.IN));
  }

  /**
   * Reads the answer to the question. An answer may hold any part of the rest of the chain (RFC
   * 1034 §4.3.2); where it stops before the addresses, the next question begins there.
   */
  Step read(Message answer) {
    int rcode = answer.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return new Failed(Rcode.string(rcode));
    }
    List<Record> records = answer.getSection(Section.ANSWER);
    Chain chain = this;
    while (true) {
      List<Record> wanted = chain.addressRecords(records);
      if (!wanted.isEmpty()) {
        return chain.addresses(wanted);
      }
      Optional<CNAMERecord> link = chain.link(records);
      if (link.isEmpty()) {
        break;
      }
      if (chain.links == MOST_LINKS) {
        return new Failed("a CNAME chain of more than " + MOST_LINKS + " links");
      }
      chain = chain.longer(link.get());
    }
    if (rcode == Rcode.NXDOMAIN) {
      return new None("no such name " + chain.end);
    }
    return chain.equals(this) ? new None("no record at " + end) : chain;
  }

  private Chain longer(CNAMERecord link) {
    return new Chain(link.getTarget(), type, links + 1, Math.min(ttl, link.getTTL()));
  }

  private Optional<CNAMERecord> link(List<Record> records) {
    return records.stream()
        .filter(record -> record.getName().equals(end))
        .filter(CNAMERecord.class::isInstance)
        .map(CNAMERecord.class::cast)
        .findFirst();
  }

  private List<Record> addressRecords(List<Record> records) {
    return records.stream()
        .filter(record -> record.getType() == type && record.getName().equals(end))
        .filter(record -> address(record).isPresent())
        .toList();
  }

  private Addresses addresses(List<Record> records) {
    long least = records.stream().mapToLong(Record::getTTL).min().orElse(ttl);
    List<InetAddress> sorted =
        records.stream()
            .flatMap(record -> address(record).stream())
            .distinct()
            .sorted(BY_OCTETS)
            .limit(MOST_ADDRESSES)
            .toList();
    return new Addresses(sorted, Math.min(ttl, least));
  }

  /**
   * Empty also for an IPv4-mapped AAAA, which the JDK takes for IPv4, and for what nobody can
   * connect to: 0.0.0.0 is how some resolvers say that they block a name.
   */
  private static Optional<InetAddress> address(Record record) {
    Optional<InetAddress> address = anyAddress(record);
    return address.filter(a -> !a.isAnyLocalAddress() && !a.isMulticastAddress());
  }

  private static Optional<InetAddress> anyAddress(Record record) {
    return switch (record) {
      case ARecord a -> Optional.of(nameless(a.getAddress()));
      case AAAARecord aaaa when aaaa.getAddress() instanceof Inet6Address v6 ->
          Optional.of(nameless(v6));
      default -> Optional.empty();
    };
  }

  /** Without the host name that dnsjava attaches, which would show in every log line. */
  private static InetAddress nameless(InetAddress address) {
    return InetAddress.ofLiteral(address.getHostAddress());
  }
}
