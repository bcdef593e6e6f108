package dev.azimuth.app.config;

import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a zone's records come from, and how their lines lie in the file that they stand in. */
final class ZoneText {
  private ZoneText() {}

  /** A master file, which is read with the zones; null when it plainly cannot be. */
  static Draft.@Nullable ZoneText file(Path file, Site site) {
    site.reading().files().add(file);
    try {
      RegularFile.open(file).close();
    } catch (IOException e) {
      site.error(Code.FILE, file + " cannot be read: " + TextFile.reason(e));
      return null;
    }
    Path folder = file.getParent() == null ? file : file.getParent();
    return new Draft.ZoneText(null, file.toString(), 1, 0, folder);
  }

  /** Records in the configuration; null when YAML has joined their lines. */
  static Draft.@Nullable ZoneText inline(String records, Site site) {
    if (!(site.node() instanceof Node.Scalar scalar)) {
      throw new IllegalArgumentException("records are a scalar");
    }
    Place place = scalar.place();
    Path file = place.file();
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new IllegalArgumentException("a file has a folder: " + file);
    }
    return switch (scalar.style()) {
      case LITERAL ->
          new Draft.ZoneText(
              records, file.toString(), place.line() + 1, indent(records, site), folder);
      case QUOTED ->
          new Draft.ZoneText(records, file.toString(), place.line(), place.column(), folder);
      case PLAIN, FOLDED -> {
        site.error(
            Code.TRAP,
            "YAML joins the lines of these records: put it in quotes, or in a block",
            "write records: |");
        yield null;
      }
    };
  }

  /** A literal block loses the same number of spaces on every line. */
  private static int indent(String records, Site site) {
    Place place = site.node().place();
    Source source = site.reading().source(place.file());
    if (source == null) {
      return 0;
    }
    int line = place.line();
    for (String record : (Iterable<String>) records.lines()::iterator) {
      line++;
      String written = source.line(line);
      if (!record.isBlank()) {
        return written.endsWith(record) ? written.length() - record.length() : 0;
      }
    }
    return 0;
  }
}
