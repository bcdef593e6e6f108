package dev.azimuth.e2e;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A question and how it is asked.
 *
 * @param payload what the client takes over UDP by EDNS, 0 without EDNS
 */
record PeerQuery(Name name, int type, boolean tcp, int payload, boolean recursion, boolean dnssec) {
  private static final List<Integer> PAYLOADS = List.of(0, 0, 512, 1232, 4096);

  /** Types that the zones have not: known and unknown ones, and ANY. */
  private static final List<Integer> ABSENT =
      List.of(Type.DNSKEY, Type.NSEC, Type.RRSIG, Type.SPF, Type.CDS, Type.ANY, Type.DS, 65282);

  Message message(int id) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    query.getHeader().setID(id);
    if (!recursion) {
      query.getHeader().unsetFlag(Flags.RD);
    }
    if (payload > 0) {
      query.addRecord(
          new OPTRecord(payload, 0, 0, dnssec ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
    }
    return query;
  }

  PeerQuery of(Name target) {
    return new PeerQuery(target, type, tcp, payload, recursion, dnssec);
  }

  PeerQuery overTcp() {
    return new PeerQuery(name, type, true, payload, recursion, dnssec);
  }

  /** How many octets the answer may have over UDP. */
  int room() {
    return Math.clamp(payload, 512, 1232);
  }

  /** The command that asks a server the same. */
  String dig(InetSocketAddress server) {
    return "dig @%s -p %d %s %s %s -q '%s' -t TYPE%d"
        .formatted(
            server.getAddress().getHostAddress(),
            server.getPort(),
            recursion ? "+recurse" : "+norecurse",
            tcp ? "+tcp" : "+notcp +ignore",
            payload == 0
                ? "+noedns"
                : "+nocookie +bufsize=%d%s".formatted(payload, dnssec ? " +dnssec" : ""),
            name,
            type);
  }

  /**
   * Queries about a group of zones, each name with each type once, asked in a way at random: first
   * those for what there is, then the others in no order.
   */
  static List<PeerQuery> about(List<GeneratedZone> zones, int most, Random random) {
    Set<Integer> types = new TreeSet<>(ABSENT);
    List<PeerQuery> queries = new ArrayList<>();
    Set<Name> names = new LinkedHashSet<>();
    for (GeneratedZone zone : zones) {
      for (Name owner : zone.owners()) {
        names.add(owner);
        types.addAll(zone.types(owner));
        zone.types(owner).forEach(type -> queries.add(at(owner, type, random)));
        queries.add(at(owner, ABSENT.get(random.nextInt(ABSENT.size())), random));
        neighbours(owner, names);
      }
      glued(zone.origin(), names);
    }
    List<PeerQuery> more = new ArrayList<>();
    for (Name name : names) {
      for (int type : types) {
        more.add(at(random.nextInt(4) == 0 ? inOtherCase(name, random) : name, type, random));
      }
    }
    Collections.shuffle(more, random);
    queries.addAll(more);
    return queries.subList(0, Math.min(most, queries.size()));
  }

  private static PeerQuery at(Name name, int type, Random random) {
    int payload = PAYLOADS.get(random.nextInt(PAYLOADS.size()));
    return new PeerQuery(
        name,
        type,
        random.nextInt(4) == 0,
        payload,
        random.nextInt(4) == 0,
        payload > 0 && random.nextInt(4) == 0);
  }

  /** A name, those above it, and names that may not exist beside and below them. */
  private static void neighbours(Name owner, Set<Name> names) {
    for (Name name = owner; name.labels() > 1; name = new Name(name, 1)) {
      names.add(name);
      add("no", new Name(name, 1), names);
    }
    for (String below : List.of("no", "a.b", "*", "host", "x.y.z", "\\000", "b")) {
      add(below, owner, names);
    }
  }

  private static void add(String label, Name parent, Set<Name> names) {
    try {
      names.add(Name.concatenate(Name.fromString(label), parent));
    } catch (NameTooLongException e) {
      // There is no such name.
    } catch (TextParseException e) {
      throw new IllegalArgumentException(label, e);
    }
  }

  /** Names that end like the zone's, but not on a label boundary. */
  private static void glued(Name origin, Set<Name> names) {
    names.add(GeneratedZone.name("evil" + origin));
    names.add(GeneratedZone.name("host1.x" + origin));
    names.add(GeneratedZone.name("host1.\\." + origin));
  }

  private static Name inOtherCase(Name name, Random random) {
    StringBuilder other = new StringBuilder();
    for (char c : name.toString().toCharArray()) {
      String letter = String.valueOf(c);
      other.append(
          random.nextBoolean() ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
    }
    return GeneratedZone.name(other.toString());
  }
}
