package dev.azimuth.app.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads a file and all that it includes, and makes one tree of them. */
final class Includes {
  private static final int MAX_FILES = 256;
  private static final long MAX_CHARACTERS = 64L << 20;

  /** Whose entries may come from several files. */
  private static final Set<String> MERGED =
      Set.of(
          Language.CHECKS.name(),
          Language.POOLS.name(),
          Language.ROUTES.name(),
          Language.ZONES.name(),
          Language.BALANCERS.name());

  private static final Path STANDARD_INPUT = Path.of("-");

  private final Problems problems;
  private final List<Path> files = new ArrayList<>();
  private final Map<Path, Source> sources = new LinkedHashMap<>();
  private final List<Node> roots = new ArrayList<>();
  private final Deque<Path> open = new ArrayDeque<>();
  private final Set<Path> seen = new HashSet<>();
  private long characters;
  private int nodes;

  private Includes(Problems problems) {
    this.problems = problems;
  }

  /**
   * @param root null when the first file gives no tree
   * @param files all that were read or should have been, and the folders that patterns look into
   */
  record Tree(@Nullable Node root, List<Path> files, Map<Path, Source> sources) {}

  static Tree read(Path file, Problems problems) {
    Includes includes = new Includes(problems);
    includes.file(file, null);
    if (includes.roots.isEmpty() && !problems.failed()) {
      problems.error(new Place(file, 1, 1), Code.YAML, "", "the file is empty", null);
    }
    Node first = includes.roots.isEmpty() ? null : includes.roots.getFirst();
    Node root = first instanceof Node.Mapping ? new Merge(problems).all(includes.roots) : first;
    return new Tree(root, List.copyOf(includes.files), Map.copyOf(includes.sources));
  }

  /**
   * @param from where it is included; null for the first file
   */
  private void file(Path file, @Nullable Site from) {
    Path real = file.toAbsolutePath().normalize();
    if (open.contains(real)) {
      tell(from, file, Code.INCLUDE, "the file includes itself");
      return;
    }
    if (!seen.add(real)) {
      tell(from, file, Code.INCLUDE, "the file is included twice");
      return;
    }
    files.add(file);
    if (seen.size() > MAX_FILES) {
      tell(from, file, Code.LIMIT, "more than " + MAX_FILES + " files");
      return;
    }
    Source source = source(file, from);
    if (source == null) {
      return;
    }
    characters += source.text().length();
    if (characters > MAX_CHARACTERS) {
      tell(from, file, Code.LIMIT, "more than 64 Mi characters in all files");
      return;
    }
    sources.put(file, source);
    YamlReader.Read read = YamlReader.read(source, problems);
    nodes += read.nodes();
    if (nodes > YamlReader.MAX_NODES) {
      tell(from, file, Code.LIMIT, "more than " + YamlReader.MAX_NODES + " values in all files");
      return;
    }
    Node root = read.root();
    if (root == null) {
      return;
    }
    roots.add(root);
    open.push(real);
    if (root instanceof Node.Mapping mapping) {
      include(mapping);
    }
    open.pop();
  }

  /** Standard input, which like a file of that name is in the current folder. */
  private static Path handed(Path file) {
    return file.equals(STANDARD_INPUT) ? Path.of("/dev/stdin") : file;
  }

  private @Nullable Source source(Path file, @Nullable Site from) {
    try {
      int most = TextFile.MAX_CONFIGURATION;
      return new Source(
          file,
          from == null ? TextFile.readOrHanded(handed(file), most) : TextFile.read(file, most));
    } catch (TextFile.TooLarge e) {
      tell(from, file, Code.LIMIT, file + " is larger than 16 MiB");
    } catch (CharacterCodingException e) {
      tell(from, file, Code.FILE, "the file is no UTF-8 text");
    } catch (IOException e) {
      tell(from, file, Code.FILE, file + " cannot be read: " + TextFile.reason(e));
    }
    return null;
  }

  private void include(Node.Mapping mapping) {
    Node node = mapping.find(Language.INCLUDE.name());
    if (node == null) {
      return;
    }
    Site site =
        new Site(new Reading(problems, sources), mapping, "", "")
            .child(Language.INCLUDE.name(), node);
    List<String> patterns = Language.INCLUDE.shape().read(site);
    if (patterns == null || !(node instanceof Node.Sequence list)) {
      return;
    }
    for (int i = 0; i < patterns.size(); i++) {
      Site item = site.item(i, list.items().get(i));
      for (Path file : matches(patterns.get(i), item)) {
        file(file, item);
      }
    }
  }

  /** The files that a pattern names, by name. */
  private List<Path> matches(String pattern, Site site) {
    try {
      int slash = pattern.lastIndexOf('/');
      String last = pattern.substring(slash + 1);
      Path file = site.node().place().file();
      if (!last.contains("*") && !last.contains("?")) {
        return List.of(file.resolveSibling(pattern));
      }
      Path folder =
          slash < 0
              ? file.resolveSibling("")
              : file.resolveSibling(pattern.substring(0, slash + 1));
      files.add(folder); // a file that is put there later matters also when there is none yet
      List<Path> found = new ArrayList<>();
      if (!Files.isDirectory(folder)) {
        site.error(Code.INCLUDE, "there is no folder " + folder);
        return found;
      }
      try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, last)) {
        matching.forEach(found::add);
      }
      if (found.isEmpty()) {
        site.warning(Code.NO_FILES, "no file matches yet", null);
      }
      found.sort(null);
      return found;
    } catch (InvalidPathException | PatternSyntaxException e) {
      site.error(Code.VALUE, "this is no valid path");
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      site.error(Code.INCLUDE, "the folder cannot be read");
    }
    return List.of();
  }

  private void tell(@Nullable Site from, Path file, Code code, String why) {
    if (from == null) {
      problems.error(new Place(file, 1, 1), code, "", why, null);
    } else {
      from.error(code, why);
    }
  }

  /** Makes one mapping of several; {@code include} has done its work. */
  private record Merge(Problems problems) {

    Node.Mapping all(List<Node> roots) {
      Map<String, Node.Entry> merged = new LinkedHashMap<>();
      for (Node root : roots) {
        if (root instanceof Node.Mapping mapping) {
          for (Node.Entry entry : mapping.entries()) {
            if (!entry.key().text().equals(Language.INCLUDE.name())) {
              add(merged, entry);
            }
          }
        } else {
          String message = "expected a mapping, found " + root.kind();
          problems.error(root.place(), Code.TYPE, "", message, null);
        }
      }
      return new Node.Mapping(roots.getFirst().place(), List.copyOf(merged.values()));
    }

    private void add(Map<String, Node.Entry> merged, Node.Entry entry) {
      String key = entry.key().text();
      Node.Entry before = merged.putIfAbsent(key, entry);
      if (before == null) {
        return;
      }
      if (MERGED.contains(key)
          && before.value() instanceof Node.Mapping first
          && entry.value() instanceof Node.Mapping second) {
        merged.put(key, new Node.Entry(before.key(), join(key, first, second)));
      } else {
        duplicate(entry, before, key);
      }
    }

    private Node.Mapping join(String path, Node.Mapping first, Node.Mapping second) {
      Map<String, Node.Entry> entries = new LinkedHashMap<>();
      first.entries().forEach(entry -> entries.put(entry.key().text(), entry));
      for (Node.Entry entry : second.entries()) {
        String key = entry.key().text();
        Node.Entry before = entries.putIfAbsent(key, entry);
        if (before != null) {
          duplicate(entry, before, path + "." + key);
        }
      }
      return new Node.Mapping(first.place(), List.copyOf(entries.values()));
    }

    private void duplicate(Node.Entry entry, Node.Entry before, String path) {
      Place first = before.key().place();
      problems.error(
          entry.key().place(),
          Code.DUPLICATE_KEY,
          path,
          "the key is defined in %s line %d already".formatted(first.file(), first.line()),
          null);
    }
  }
}
