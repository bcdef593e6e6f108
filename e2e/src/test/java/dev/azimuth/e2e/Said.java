package dev.azimuth.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What a response says, in a form by which servers can be compared.
 *
 * @param octets how long it is
 * @param question as it came, case included
 * @param flags all but TC, which {@code truncated} is
 * @param opt version and flags, or none
 * @param answer sorted, with TTL, names in small letters; likewise the other sections
 * @param additional without OPT
 */
record Said(
    int octets,
    String question,
    int rcode,
    String flags,
    boolean truncated,
    String opt,
    List<Record> answer,
    List<Record> authority,
    List<Record> additional) {

  static Said by(Message response) {
    OPTRecord opt = response.getOPT();
    Record question = response.getQuestion();
    return new Said(
        response.numBytes(),
        question == null ? "none" : question.getName() + " " + question.getType(),
        response.getRcode(),
        response.getHeader().printFlags().replace("tc ", "").strip(),
        response.getHeader().getFlag(Flags.TC),
        opt == null ? "none" : "version %d, flags %x".formatted(opt.getVersion(), opt.getFlags()),
        canonical(response.getSection(Section.ANSWER)),
        canonical(response.getSection(Section.AUTHORITY)),
        canonical(response.getSection(Section.ADDITIONAL)));
  }

  private static List<Record> canonical(List<Record> records) {
    List<Record> canonical = new ArrayList<>();
    for (Record record : records) {
      if (record.getType() != Type.OPT) {
        try {
          canonical.add(Record.fromWire(record.toWireCanonical(), Section.ANSWER));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    canonical.sort(null);
    return canonical;
  }

  /** This answer, and what the same server says to the name at its end. */
  Said then(Said next) {
    List<Record> both = new ArrayList<>(answer);
    next.answer.stream().filter(record -> !answer.contains(record)).forEach(both::add);
    both.sort(null);
    return new Said(
        octets,
        question,
        next.rcode,
        flags,
        truncated || next.truncated,
        opt,
        both,
        next.authority,
        next.additional);
  }

  /** The CNAME of a name in the answer, or null. */
  CNAMERecord alias(Name owner) {
    return answer.stream()
        .filter(record -> record.getName().equals(owner))
        .filter(CNAMERecord.class::isInstance)
        .map(CNAMERecord.class::cast)
        .findAny()
        .orElse(null);
  }

  boolean has(int type) {
    return answer.stream().anyMatch(record -> record.getType() == type);
  }

  @Override
  public String toString() {
    return "%s; %s%s; OPT %s%n      answer %s%n      authority %s%n      additional %s"
        .formatted(
            Rcode.string(rcode), flags, truncated ? " tc" : "", opt, answer, authority, additional);
  }
}
