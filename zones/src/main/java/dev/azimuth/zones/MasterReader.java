package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import dev.azimuth.zones.Problems.Place;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** Reads master-file text (RFC 1035 section 5, RFC 2308 section 4) into a {@link RecordStore}. */
final class MasterReader {
  private static final int DEEPEST = 8;
  private static final int MOST_INCLUDES = 1000;

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

    /** That of an included text, which begins as the other one goes on. */
    Scope(Scope outer) {
      this(outer.depth + 1, outer.origin, outer.originName, outer.ttl);
      hasOwner = outer.hasOwner;
      goodOwner = outer.goodOwner && owner.read(outer.owner.octets, 0, outer.owner.length) >= 0;
    }
  }

  private final ZoneSource source;
  private final RecordStore store;
  private final Problems problems;
  private final ZoneFiles files = new ZoneFiles();
  private final HeadScanner heads;
  private final DataScanner data = new DataScanner();
  private final byte[] scratch = new byte[LookupName.MAX_OCTETS];
  private final List<Path> open = new ArrayList<>();
  private int includes;
  private long generated;
  private boolean tooLarge;

  MasterReader(ZoneSource source, RecordStore store, Problems problems) {
    this.source = source;
    this.store = store;
    this.problems = problems;
    this.heads = new HeadScanner(problems);
  }

  /**
   * Reads the text of the source and all that it includes.
   *
   * @param start where the text begins
   * @param origin in wire form
   */
  void read(Place start, byte[] origin) {
    var scope = new Scope(0, origin, RecordText.name(origin), -1);
    try {
      switch (source.text()) {
        case ZoneSource.Inline(String records) ->
            read(new StringReader(records), start.source(), scope);
        case ZoneSource.MasterFile(Path path) ->
            files.read(
                path,
                reader -> {
                  open.add(path.toRealPath());
                  read(reader, start.source(), scope);
                });
      }
    } catch (IOException e) {
      problems.error("FILE", start, "the file " + unreadable(e));
    }
  }

  /** Every file that was read or should have been. */
  List<SourceFile> files() {
    return files.all();
  }

  private void read(Reader reader, int number, Scope scope) throws IOException {
    var scanner = new EntryScanner(reader, number, problems);
    while (!tooLarge && scanner.next()) {
      if (!scanner.blankOwner() && scanner.text()[scanner.from(0)] == '$') {
        directive(scanner.token(0).toUpperCase(Locale.ROOT), scanner, scope);
      } else {
        entry(scanner, scope);
      }
    }
  }

  private static String unreadable(IOException e) {
    return switch (e) {
      case ZoneFiles.TooLarge large ->
          "and those that it includes hold more than 512 MiB: divide the zone";
      case CharacterCodingException coding -> "is no UTF-8 text";
      case NoSuchFileException gone -> "does not exist";
      case AccessDeniedException denied -> "may not be read: permission denied";
      default -> "cannot be read: " + e.getMessage();
    };
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
          long ttl = heads.ttl(entry, 1);
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
    int length = name(entry, token, scope.origin);
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
    var inner = new Scope(scope);
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
    open.add(file);
    try {
      int number = problems.source(source.folder().resolve(given).toString());
      files.read(file, reader -> read(reader, number, inner));
      scope.ttl = inner.ttl;
    } catch (IOException e) {
      problems.error("INCLUDE", place, "the file " + Problems.quote(given) + " " + unreadable(e));
    }
    open.removeLast();
  }

  /** The real path of a file inside the folder; null when it is not to be read. */
  private @Nullable Path confined(String given, Place place) {
    try {
      Path wanted = source.folder().resolve(given);
      files.missing(wanted);
      Path folder = source.folder().toRealPath();
      Path file = wanted.toRealPath();
      if (file.startsWith(folder)) {
        return file;
      }
      problems.error(
          "INCLUDE_OUTSIDE",
          place,
          Problems.quote(given) + " lies outside the zone's folder: move it there");
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
      int length = name(entry, 0, scope.origin);
      scope.goodOwner = length >= 0 && owner(entry, 0, length, scope);
      token = 1;
    } else if (!scope.hasOwner) {
      problems.error(
          "NO_OWNER",
          entry.place(0),
          "the first entry has no owner to take over: begin it with a name, such as @");
      scope.hasOwner = true;
    }
    HeadScanner.@Nullable Head head = heads.scan(entry, token, inForce(scope));
    if (head == null) {
      return;
    }
    int length = scope.goodOwner ? data.scan(head.type(), entry, head.data(), scope.origin) : -1;
    if (length >= 0) {
      store(head, scope, data.octets, length, entry);
    } else {
      record(head, dataText(entry, head.data()), scope, entry, head.data());
    }
  }

  /** The TTL of records that have none of their own. */
  private int inForce(Scope scope) {
    return scope.ttl >= 0 ? (int) scope.ttl : source.defaultTtl();
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
  private boolean record(
      HeadScanner.Head head, @Nullable String text, Scope scope, EntryScanner entry, int at) {
    if (text == null) {
      return false;
    }
    byte[] rdata;
    try {
      rdata = RecordText.parse(head.type(), text, scope.originName);
    } catch (RecordText.BadData e) {
      problems.error(
          "DATA",
          entry.place(at),
          "the data of this " + Type.string(head.type()) + " record are wrong: " + e.getMessage());
      return false;
    }
    if (Types.isSignature(head.type())) {
      problems.warning(
          "SIGNATURE",
          entry.place(0),
          "signatures are not taken from zone data, so this "
              + Type.string(head.type())
              + " record is left out: give the zone unsigned");
    } else if (scope.goodOwner) {
      store(head, scope, rdata, rdata.length, entry);
    }
    return !tooLarge;
  }

  private void store(
      HeadScanner.Head head, Scope scope, byte[] octets, int length, EntryScanner entry) {
    store.add(scope.owner, head.type(), head.ttl(), octets, 0, length);
    store.from(entry.source(), entry.line(0), entry.column(0));
    if (store.full() && !tooLarge) {
      tooLarge = true;
      problems.error(
          "ZONE_TOO_LARGE", entry.place(0), "the zone is too large from here on: divide it");
    }
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
    HeadScanner.@Nullable Head head = heads.scan(entry, 3, inForce(scope));
    if (head == null) {
      return;
    }
    String pattern = dataText(entry, head.data());
    generated += (range[1] - range[0]) / range[2] + 1;
    if (generated > RecordStore.MOST) {
      problems.error(
          "GENERATE",
          entry.place(1),
          "the zone generates more than " + RecordStore.MOST + " records in all: divide it");
      return;
    }
    scope.hasOwner = true;
    try {
      boolean good = pattern != null;
      for (long number = range[0]; good && number <= range[1]; number += range[2]) {
        String text = pattern == null ? null : Generate.expand(pattern, number);
        int length = name(Generate.expand(entry.token(2), number), entry.place(2), scope.origin);
        scope.goodOwner = length >= 0 && owner(entry, 2, length, scope);
        good =
            scope.goodOwner
                && record(head, text, scope, entry, head.data())
                && !Types.isSignature(head.type());
      }
    } catch (Generate.BadPattern e) {
      problems.error("GENERATE", entry.place(2), "a pattern " + e.getMessage());
    }
  }

  /** Takes the name in {@link #scratch} as the owner; false with a problem. */
  private boolean owner(EntryScanner entry, int token, int length, Scope scope) {
    scope.owner.read(scratch, 0, length);
    if (!store.inZone(scope.owner)) {
      problems.error(
          "OUT_OF_ZONE",
          entry.place(token),
          Problems.quote(entry.token(token))
              + " is not in this zone: correct the name (one that ends in a dot is complete) or"
              + " remove the record");
      return false;
    }
    return true;
  }

  /** Writes a name into {@link #scratch} and returns its length; -1 with a problem. */
  private int name(EntryScanner entry, int token, byte[] origin) {
    try {
      return NameText.parse(entry.text(), entry.from(token), entry.to(token), origin, scratch);
    } catch (BadName e) {
      badName(entry.token(token), entry.place(token), e);
      return -1;
    }
  }

  private int name(String text, Place place, byte[] origin) {
    try {
      return NameText.parse(text, origin, scratch);
    } catch (BadName e) {
      badName(text, place, e);
      return -1;
    }
  }

  private void badName(String text, Place place, BadName why) {
    problems.error("NAME", place, "the name " + Problems.quote(text) + " " + why.getMessage());
  }
}
