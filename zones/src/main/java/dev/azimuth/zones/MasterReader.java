package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import dev.azimuth.zones.Problems.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Reads master-file text (RFC 1035 section 5, RFC 2308 section 4) into a {@link RecordStore}. */
final class MasterReader {
  private static final int DEEPEST = 8;
  private static final int MOST_INCLUDES = 1000;
  private static final long LARGEST_INCLUDE = 1L << 28;
  private static final long GREATEST_TTL = Integer.MAX_VALUE;

  /** What directives and earlier entries of one text set for later ones. */
  private static final class Scope {
    final int depth;
    byte[] origin;
    Name originName;
    long ttl;
    final LookupName owner = new LookupName();

    /** Whether an entry has named an owner, and whether the last one that did was sound. */
    boolean hasOwner;

    boolean goodOwner;

    Scope(int depth, byte[] origin, Name originName, long ttl) {
      this.depth = depth;
      this.origin = origin;
      this.originName = originName;
      this.ttl = ttl;
    }
  }

  /** What stands between an owner and the data; {@code data} is the number of the next token. */
  private record Head(int type, int ttl, int data) {}

  private final ZoneSource source;
  private final RecordStore store;
  private final Problems problems;
  private final byte[] scratch = new byte[LookupName.MAX_OCTETS];
  private final List<Path> open = new ArrayList<>();
  private final Set<Path> included = new LinkedHashSet<>();
  private int includes;
  private boolean tooLarge;

  MasterReader(ZoneSource source, RecordStore store, Problems problems) {
    this.source = source;
    this.store = store;
    this.problems = problems;
  }

  /**
   * Reads the text of the source and all that it includes.
   *
   * @param text the number of the source's text among the problems
   * @param origin in wire form
   */
  void read(int text, byte[] origin) {
    read(source.text(), text, new Scope(0, origin, RecordText.name(origin), -1));
  }

  /** The real paths of the files that were included, in the order they were first read. */
  List<Path> included() {
    return List.copyOf(included);
  }

  private void read(String text, int number, Scope scope) {
    var scanner = new EntryScanner(text, number, problems);
    while (!tooLarge && scanner.next()) {
      String first = scanner.token(0);
      if (!scanner.blankOwner() && first.startsWith("$")) {
        directive(first.toUpperCase(Locale.ROOT), scanner, scope);
      } else {
        entry(scanner, scope);
      }
    }
  }

  private void directive(String directive, EntryScanner entry, Scope scope) {
    switch (directive) {
      case "$ORIGIN" -> {
        if (has(entry, 2, 2, "$ORIGIN NAME")) {
          origin(entry, 1, scope);
        }
      }
      case "$TTL" -> {
        if (has(entry, 2, 2, "$TTL 1h")) {
          long ttl = ttl(entry, 1);
          scope.ttl = ttl >= 0 ? ttl : scope.ttl;
        }
      }
      case "$INCLUDE" -> {
        if (has(entry, 2, 3, "$INCLUDE FILE [ORIGIN]")) {
          include(entry, scope);
        }
      }
      case "$GENERATE" -> {
        if (has(entry, 4, Integer.MAX_VALUE, "$GENERATE 1-100 host$ A 192.0.2.$")) {
          generate(entry, scope);
        }
      }
      default ->
          problems.error(
              "DIRECTIVE",
              entry.place(0),
              Problems.quote(directive)
                  + " is not known: there are $ORIGIN, $TTL, $INCLUDE and $GENERATE");
    }
  }

  private boolean has(EntryScanner entry, int least, int most, String form) {
    if (entry.count() >= least && entry.count() <= most) {
      return true;
    }
    problems.error(
        "DIRECTIVE", entry.place(most), "the directive has not the form \"" + form + "\"");
    return false;
  }

  private boolean origin(EntryScanner entry, int token, Scope scope) {
    int length = name(entry.token(token), entry.place(token), scope.origin);
    if (length < 0) {
      return false;
    }
    scope.origin = Arrays.copyOf(scratch, length);
    scope.originName = RecordText.name(scope.origin);
    return true;
  }

  private void include(EntryScanner entry, Scope scope) {
    Place place = entry.place(1);
    String given = RecordText.unquoted(entry.token(1));
    var inner = new Scope(scope.depth + 1, scope.origin, scope.originName, scope.ttl);
    if (entry.count() == 3 && !origin(entry, 2, inner)) {
      return;
    }
    if (inner.depth > DEEPEST || ++includes > MOST_INCLUDES) {
      problems.error(
          "INCLUDE",
          place,
          "files are included more than "
              + DEEPEST
              + " deep or more than "
              + MOST_INCLUDES
              + " times: put their records into fewer files");
      return;
    }
    Path file = confined(given, place);
    if (file == null) {
      return;
    }
    if (open.contains(file)) {
      problems.error("INCLUDE", place, Problems.quote(given) + " includes itself");
      return;
    }
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      included.add(file);
      open.add(file);
      read(text, problems.source(source.folder().resolve(given).toString()), inner);
      open.removeLast();
    } catch (IOException e) {
      problems.error(
          "INCLUDE", place, "cannot read " + Problems.quote(given) + ": " + e.getMessage());
    }
  }

  /** The real path of a file inside the folder; null when it is not to be read. */
  private @Nullable Path confined(String given, Place place) {
    try {
      Path folder = source.folder().toRealPath();
      Path file = folder.resolve(given).toRealPath();
      if (!file.startsWith(folder)) {
        problems.error(
            "INCLUDE_OUTSIDE",
            place,
            Problems.quote(given) + " lies outside the zone's folder: move it there");
      } else if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_INCLUDE) {
        problems.error(
            "INCLUDE",
            place,
            Problems.quote(given) + " is not a file of at most " + LARGEST_INCLUDE + " octets");
      } else {
        return file;
      }
    } catch (IOException | InvalidPathException e) {
      problems.error(
          "INCLUDE", place, "there is no file " + Problems.quote(given) + " in the zone's folder");
    }
    return null;
  }

  private void entry(EntryScanner entry, Scope scope) {
    int token = 0;
    if (!entry.blankOwner()) {
      scope.hasOwner = true;
      scope.goodOwner = owner(entry.token(0), entry.place(0), scope);
      token = 1;
    } else if (!scope.hasOwner) {
      problems.error(
          "NO_OWNER",
          entry.place(0),
          "the first entry has no owner to take over: begin it with a name, such as @");
      scope.hasOwner = true;
    }
    Head head = head(entry, token, scope);
    if (head != null) {
      String data = dataText(entry, head.data);
      record(head, data, scope, entry.place(0), entry.place(head.data));
    }
  }

  /** Reads TTL and class, in either order, and the type; null when something is wrong. */
  private @Nullable Head head(EntryScanner entry, int from, Scope scope) {
    long ttl = -1;
    boolean classed = false;
    int at = from;
    for (; at < entry.count(); at++) {
      String token = entry.token(at).toUpperCase(Locale.ROOT);
      int dclass = DClass.value(token);
      if (ttl < 0 && token.charAt(0) >= '0' && token.charAt(0) <= '9') {
        ttl = ttl(entry, at);
        if (ttl < 0) {
          return null;
        }
      } else if (!classed && dclass >= 0) {
        classed = true;
        if (dclass != DClass.IN) {
          problems.error(
              "CLASS", entry.place(at), "only the class IN is served: remove the record");
          return null;
        }
      } else {
        break;
      }
    }
    if (at == entry.count()) {
      problems.error(
          "NO_TYPE", entry.place(at), "the entry ends before its type: write NAME TTL TYPE DATA");
      return null;
    }
    int type = Type.value(entry.token(at).toUpperCase(Locale.ROOT));
    if (type < 0 || Types.isMeta(type)) {
      problems.error(
          "TYPE",
          entry.place(at),
          Problems.quote(entry.token(at))
              + " is not a type of records: correct it, or write TYPE12345 \\# LENGTH HEX");
      return null;
    }
    long inForce = ttl >= 0 ? ttl : scope.ttl;
    return new Head(type, (int) (inForce >= 0 ? inForce : source.defaultTtl()), at + 1);
  }

  /** The data's tokens in one line; null, with a problem, when dnsjava cannot take them. */
  private @Nullable String dataText(EntryScanner entry, int from) {
    var text = new StringBuilder();
    for (int token = from; token < entry.count(); token++) {
      if (!RecordText.append(text, entry.token(token))) {
        problems.error(
            "NOT_ASCII",
            entry.place(token),
            "a character outside quotes is not ASCII: write names in their xn-- form, quote texts");
        return null;
      }
    }
    return text.toString();
  }

  /** Parses the data and adds the record; false when something is wrong. */
  private boolean record(Head head, @Nullable String data, Scope scope, Place place, Place at) {
    if (data == null) {
      return false;
    }
    byte[] wire;
    try {
      wire = RecordText.parse(head.type, data, scope.originName);
    } catch (RecordText.BadData e) {
      problems.error(
          "DATA",
          at,
          "the data of this " + Type.string(head.type) + " record are wrong: " + e.getMessage());
      return false;
    }
    if (Types.isSignature(head.type)) {
      problems.warning(
          "SIGNATURE",
          place,
          "signatures are not taken from zone data, so this "
              + Type.string(head.type)
              + " record is left out: give the zone unsigned");
    } else if (scope.goodOwner) {
      store.add(scope.owner, head.type, head.ttl, wire, RecordText.HEAD, place);
      if (store.full() && !tooLarge) {
        tooLarge = true;
        problems.error("ZONE_TOO_LARGE", place, "the zone is too large from here on: divide it");
      }
    }
    return !tooLarge;
  }

  private void generate(EntryScanner entry, Scope scope) {
    long[] range = Generate.range(entry.token(1));
    if (range.length == 0) {
      problems.error(
          "GENERATE",
          entry.place(1),
          "the range is not START-STOP or START-STOP/STEP with at most "
              + Generate.MOST
              + " numbers");
      return;
    }
    Head head = head(entry, 3, scope);
    if (head == null) {
      return;
    }
    String data = dataText(entry, head.data);
    Place place = entry.place(0);
    scope.hasOwner = true;
    try {
      boolean good = data != null;
      for (long number = range[0]; good && number <= range[1]; number += range[2]) {
        scope.goodOwner = owner(Generate.expand(entry.token(2), number), entry.place(2), scope);
        String expanded = data == null ? null : Generate.expand(data, number);
        good = scope.goodOwner && record(head, expanded, scope, place, entry.place(head.data));
      }
    } catch (Generate.BadPattern e) {
      problems.error("GENERATE", entry.place(2), "a pattern " + e.getMessage());
    }
  }

  private boolean owner(String text, Place place, Scope scope) {
    int length = name(text, place, scope.origin);
    if (length < 0) {
      return false;
    }
    scope.owner.read(scratch, 0, length);
    if (!store.inZone(scope.owner)) {
      problems.error(
          "OUT_OF_ZONE",
          place,
          Problems.quote(text)
              + " is not in this zone: correct the name (one that ends in a dot is complete) or"
              + " remove the record");
      return false;
    }
    return true;
  }

  /** Writes a name into {@link #scratch} and returns its length; -1 with a problem. */
  private int name(String text, Place place, byte[] origin) {
    try {
      return NameText.parse(text, origin, scratch);
    } catch (BadName e) {
      problems.error("NAME", place, "the name " + Problems.quote(text) + " " + e.getMessage());
      return -1;
    }
  }

  /** A number of seconds, plain or such as 1h30m; -1 with a problem. */
  private long ttl(EntryScanner entry, int token) {
    long ttl = RecordText.seconds(entry.token(token));
    if (ttl < 0) {
      problems.error(
          "TTL",
          entry.place(token),
          Problems.quote(entry.token(token)) + " is not a TTL: write 1h30m or 5400");
    } else if (ttl > GREATEST_TTL) {
      problems.error(
          "TTL", entry.place(token), "a TTL is at most 2147483647 seconds (RFC 2181 section 8)");
      ttl = -1;
    }
    return ttl;
  }
}
