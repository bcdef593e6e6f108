package dev.azimuth.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Asks all servers the same and holds our answer against what at least two of the others agree on,
 * part by part. Where we differ on purpose, a {@link Difference} says exactly what is expected
 * instead; {@code docs/differences.md} lists them.
 */
final class PeerComparison {
  /** A part of a response that is compared by itself. */
  enum Part {
    QUESTION,
    RCODE,
    FLAGS,
    TRUNCATED,
    OPT,
    ANSWER,
    AUTHORITY,
    ADDITIONAL;

    private Object of(Said said) {
      return switch (this) {
        case QUESTION -> said.question();
        case RCODE -> said.rcode();
        case FLAGS -> said.flags();
        case TRUNCATED -> said.truncated();
        case OPT -> said.opt();
        case ANSWER -> said.answer();
        case AUTHORITY -> said.authority();
        case ADDITIONAL -> said.additional();
      };
    }
  }

  /** Where we differ from the others and mean it. */
  enum Difference {
    /** An alias into another zone of ours is followed (RFC 1034 section 4.3.2, step 3a). */
    ACROSS_ZONES,
    /** A response with TC is not used, and ours is empty: TCP is compared (RFC 2181 section 9). */
    TRUNCATED,
    /** A referral without all in-domain glue is truncated (RFC 9471 section 2.1). */
    GLUE,
    /** Names in our RDATA share nothing with one another, as nobody must (RFC 1035 4.1.4). */
    LESS_COMPRESSED,
    /** ANY gives one set (RFC 8482 section 4.1). */
    ONE_OF_ANY,
    /** Addresses beside more types (RFC 1183 section 1, 2230 section 3.1, 9460 section 4.1). */
    MORE_BESIDE,
  }

  private static final Set<Integer> BESIDE = Set.of(Type.AFSDB, Type.KX, Type.SVCB, Type.HTTPS);

  private final DnsClient ours;
  private final List<Peer> peers;
  private final Map<Name, GeneratedZone> zones = new TreeMap<>();
  private final Map<Difference, Integer> meant = new EnumMap<>(Difference.class);
  private final Map<Part, Integer> undecided = new EnumMap<>(Part.class);
  private final List<String> mismatches = new ArrayList<>();
  private int compared;

  PeerComparison(DnsClient ours, List<Peer> peers, List<GeneratedZone> zones) {
    this.ours = ours;
    this.peers = peers;
    zones.forEach(zone -> this.zones.put(zone.origin(), zone));
  }

  int compared() {
    return compared;
  }

  /** How often each difference was met. */
  Map<Difference, Integer> meant() {
    return meant;
  }

  /** How often no two of the others agreed on a part. */
  Map<Part, Integer> undecided() {
    return undecided;
  }

  /** What differs and is not meant to, each ready to be looked into. */
  List<String> mismatches() {
    return mismatches;
  }

  void compare(PeerQuery query, int id) throws IOException {
    compared++;
    Said we = ask(ours, query, id);
    List<Said> they = new ArrayList<>();
    for (Peer peer : peers) {
      they.add(whole(peer.client(), query, id));
    }
    if (!query.tcp() && (we.truncated() || they.stream().anyMatch(Said::truncated))) {
      compareTruncated(query, id, we, they);
      return;
    }
    List<Part> wrong = new ArrayList<>();
    for (Part part : Part.values()) {
      if (!right(part, query, we, they)) {
        wrong.add(part);
      }
    }
    if (!wrong.isEmpty()) {
      mismatches.add(describe(wrong, query, we, they));
    }
  }

  private static Said ask(DnsClient server, PeerQuery query, int id) throws IOException {
    return Said.by(
        query.tcp() ? server.tcp(query.message(id)).getFirst() : server.udp(query.message(id)));
  }

  /** An answer, with what the server says to the rest of a chain that leads into other zones. */
  private Said whole(DnsClient server, PeerQuery query, int id) throws IOException {
    Said said = ask(server, query, id);
    Set<Name> asked = new HashSet<>(Set.of(query.name()));
    for (Name target = beyond(query, said);
        target != null && asked.add(target);
        target = beyond(query, said)) {
      meant.merge(Difference.ACROSS_ZONES, 1, Integer::sum);
      said = said.then(ask(server, query.of(target), id));
    }
    return said;
  }

  /** The end of a chain of aliases, if it lies in another zone of ours than the link before. */
  private Name beyond(PeerQuery query, Said said) {
    if (said.truncated()
        || query.type() == Type.CNAME
        || (query.type() == Type.ANY && !said.has(Type.DNAME))) {
      return null; // an alias is the answer, or there is none yet
    }
    Name owner = query.name();
    Name end = owner;
    Set<Name> passed = new HashSet<>();
    for (CNAMERecord link = said.alias(end); link != null; link = said.alias(end)) {
      if (!passed.add(end)) {
        return null; // a loop
      }
      owner = end;
      end = link.getTarget();
    }
    Name last = end;
    boolean more = said.answer().stream().anyMatch(r -> r.getName().equals(last));
    // The DS of a zone stands in the one above (RFC 4035 section 3.1.4.1).
    boolean above = query.type() == Type.DS && zones.containsKey(end);
    Name zone = zone(above ? new Name(end, 1) : end);
    return more || zone == null || zone.equals(zone(owner)) ? null : end;
  }

  private Name zone(Name name) {
    for (Name zone = name; zone.labels() > 1; zone = new Name(zone, 1)) {
      if (zones.containsKey(zone)) {
        return zone;
      }
    }
    return null;
  }

  private void compareTruncated(PeerQuery query, int id, Said we, List<Said> they)
      throws IOException {
    PeerQuery again = query.overTcp();
    Said whole = ask(ours, again, id);
    Object agreed = agreed(Part.TRUNCATED, they);
    if (agreed == null || agreed.equals(we.truncated())) {
      meant.merge(Difference.TRUNCATED, 1, Integer::sum);
    } else if (we.truncated() && they.stream().anyMatch(said -> lacksGlue(said, whole))) {
      meant.merge(Difference.GLUE, 1, Integer::sum);
    } else if (we.truncated() && whole.octets() > query.room() && isRepetitive(whole)) {
      meant.merge(Difference.LESS_COMPRESSED, 1, Integer::sum);
    } else {
      mismatches.add(describe(List.of(Part.TRUNCATED), query, we, they));
    }
    compared--; // the same question, asked again
    compare(again, id);
  }

  /** Whether a referral has not all addresses below the cut that the whole one has. */
  private static boolean lacksGlue(Said said, Said whole) {
    return said.authority().stream()
        .filter(NSRecord.class::isInstance)
        .anyMatch(
            cut ->
                whole.additional().stream()
                    .anyMatch(
                        glue ->
                            glue.getName().subdomain(cut.getName())
                                && !said.additional().contains(glue)));
  }

  /** Whether names that end alike are most of an answer, all of which is required. */
  private static boolean isRepetitive(Said whole) {
    boolean glue =
        whole.authority().stream()
            .filter(NSRecord.class::isInstance)
            .anyMatch(
                cut ->
                    whole.additional().stream()
                        .allMatch(record -> record.getName().subdomain(cut.getName())));
    long aliases =
        whole.answer().stream()
            .filter(record -> record instanceof CNAMERecord || record instanceof DNAMERecord)
            .count();
    return glue || aliases > 1;
  }

  private boolean right(Part part, PeerQuery query, Said we, List<Said> they) throws IOException {
    Object agreed = agreed(part, they);
    if (part.of(we).equals(agreed)) {
      return true;
    }
    if (part == Part.ANSWER && query.type() == Type.ANY) {
      meant.merge(Difference.ONE_OF_ANY, 1, Integer::sum);
      return !we.answer().isEmpty()
          && they.stream().anyMatch(said -> said.answer().containsAll(we.answer()));
    }
    if (agreed == null) {
      undecided.merge(part, 1, Integer::sum);
      return true;
    }
    return part == Part.ADDITIONAL && isMeant(query, we, (List<?>) agreed);
  }

  /** Whether our additional section, of which no record is required here, may differ. */
  private boolean isMeant(PeerQuery query, Said we, List<?> agreed) throws IOException {
    if (BESIDE.stream().anyMatch(we::has)) {
      meant.merge(Difference.MORE_BESIDE, 1, Integer::sum);
      return we.additional().containsAll(agreed) && areTrue(we.additional());
    }
    Said whole = ask(ours, query.overTcp(), 0);
    meant.merge(Difference.LESS_COMPRESSED, 1, Integer::sum);
    return !query.tcp()
        && whole.octets() > query.room()
        && agreed.containsAll(we.additional())
        && whole.additional().containsAll(agreed);
  }

  /** Whether others answer with these very records to who asks for them. */
  private boolean areTrue(List<Record> records) throws IOException {
    for (Record record : records) {
      PeerQuery direct = new PeerQuery(record.getName(), record.getType(), true, 0, false, false);
      if (!ask(peers.getFirst().client(), direct, 0).answer().contains(record)) {
        return false;
      }
    }
    return true;
  }

  /** What two or more of the others say; null when they all differ. */
  private static Object agreed(Part part, List<Said> they) {
    List<Object> said = they.stream().map(part::of).toList();
    return said.stream()
        .filter(one -> said.stream().filter(one::equals).count() > 1)
        .findAny()
        .orElse(null);
  }

  private String describe(List<Part> wrong, PeerQuery query, Said we, List<Said> they) {
    StringBuilder text = new StringBuilder();
    text.append("%s%n  %s%n".formatted(wrong, query.dig(ours.server())));
    lines(query, we, they).forEach(line -> text.append("  ").append(line).append('\n'));
    text.append("  we   ").append(we).append('\n');
    for (int i = 0; i < peers.size(); i++) {
      text.append("  %-4s %s%n".formatted(peers.get(i).kind(), they.get(i)));
    }
    return text.toString();
  }

  /** The lines of the zones that the question and the answers speak of. */
  private Set<String> lines(PeerQuery query, Said we, List<Said> they) {
    Set<String> lines = new LinkedHashSet<>();
    Stream.concat(
            Stream.of(query.name()),
            Stream.concat(Stream.of(we), they.stream())
                .flatMap(said -> Stream.concat(said.answer().stream(), said.authority().stream()))
                .map(Record::getName))
        .distinct()
        .filter(name -> zone(name) != null)
        .forEach(name -> zones.values().forEach(zone -> lines.addAll(zone.lines(name))));
    return lines;
  }

  @Override
  public String toString() {
    return "%d compared, %d differ; meant: %s; no two agree: %s"
        .formatted(compared, mismatches.size(), meant, undecided);
  }
}
