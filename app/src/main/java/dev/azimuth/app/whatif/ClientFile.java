package dev.azimuth.app.whatif;

import dev.azimuth.app.admin.Json;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.Askers;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.resolver.QueryText;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Cidr;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads who the clients are, line by line and keeping none: {@code PREFIX [WEIGHT]} with comments
 * from {@code #} on, or what the query log writes, as text or JSON, of which each line is one
 * query.
 */
final class ClientFile {
  private static final int LONGEST_LINE = 1 << 16;
  private static final int OFTEN = 1 << 12;
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern WEIGHT = Pattern.compile("0*[1-9][0-9]{0,14}");

  /** Where in a line of the query log as text the client and its subnet stand. */
  private static final int LOG_CLIENT = 2;

  private static final int LOG_SUBNET = 10;

  private final Path file;
  private final Sink sink;
  private long line;
  private long clients;

  /** Takes the clients. */
  interface Sink {
    /** Clients of a weight together, all over a prefix. */
    void prefix(Cidr prefix, double weight);

    /** One query. */
    void query(Asker asker);
  }

  /** A word of a line; the first column is 1. */
  private record Word(String text, int column) {}

  /** What counts of an object of the query log. */
  private record Logged(@Nullable String client, @Nullable String subnet) {}

  private ClientFile(Path file, Sink sink) {
    this.file = file;
    this.sink = sink;
  }

  /**
   * @param progress hears now and then which part is read, 0 to 1
   * @return how many lines had clients
   * @throws Refused for a file that cannot be read, that has no client, or the first line that is
   *     none of these
   */
  static long read(Path file, Sink sink, DoubleConsumer progress) throws Refused {
    ClientFile reading = new ClientFile(file, sink);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), LONGEST_LINE)) {
      reading.lines(in, Files.size(file), progress);
    } catch (IOException e) {
      throw new Refused("%s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()));
    }
    if (reading.clients == 0) {
      throw new Refused(file + ": there is no client in it");
    }
    return reading.clients;
  }

  private void lines(InputStream in, long size, DoubleConsumer progress)
      throws IOException, Refused {
    var text = new StringBuilder();
    long octets = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      octets++;
      if (next != '\n') {
        if (text.length() == LONGEST_LINE) {
          line++;
          throw wrong(LONGEST_LINE + 1, "a line of at most " + LONGEST_LINE + " characters");
        }
        text.append((char) next);
        continue;
      }
      line(text.toString());
      text.setLength(0);
      if (line % OFTEN == 0) {
        progress.accept(Math.min(1, octets / (double) size));
      }
    }
    line(text.toString());
  }

  private void line(String text) throws Refused {
    line++;
    List<Word> words = words(text);
    if (words.isEmpty() || words.getFirst().text.startsWith("#")) {
      return;
    }
    String second = words.size() > 1 ? words.get(1).text : "";
    boolean logged = second.equals("udp") || second.equals("tcp");
    if (words.getFirst().text.startsWith("{")) {
      object(text, words.getFirst());
    } else if (logged) {
      logged(words);
    } else {
      listed(words);
    }
    clients++;
  }

  private static List<Word> words(String text) {
    List<Word> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(text); word.find(); ) {
      words.add(new Word(word.group(), word.start() + 1));
    }
    return words;
  }

  private void listed(List<Word> words) throws Refused {
    Word prefix = words.getFirst();
    Cidr cidr;
    try {
      cidr = Askers.prefix(prefix.text);
    } catch (Refused e) {
      throw wrong(
          prefix, "a prefix such as 192.0.2.0/24 or 2001:db8::/56, or a line of the query log");
    }
    double weight = 1;
    boolean comment = words.size() < 2 || words.get(1).text.startsWith("#");
    if (!comment) {
      Word said = words.get(1);
      if (!WEIGHT.matcher(said.text).matches()) {
        throw wrong(said, "a weight, a whole number from 1 to 999999999999999");
      }
      weight = Long.parseLong(said.text);
      if (words.size() > 2 && !words.get(2).text.startsWith("#")) {
        throw wrong(words.get(2), "the end of the line");
      }
    }
    sink.prefix(cidr, weight);
  }

  private void logged(List<Word> words) throws Refused {
    if (words.size() != QueryText.WORDS) {
      throw wrong(
          words.getLast(), "%d words, as the query log writes them".formatted(QueryText.WORDS));
    }
    Word client = words.get(LOG_CLIENT);
    int port = client.text.lastIndexOf(':');
    String address = port < 0 ? client.text : client.text.substring(0, port);
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    Word subnet = words.get(LOG_SUBNET);
    query(
        bracketed ? address.substring(1, address.length() - 1) : address,
        client,
        subnet.text.equals("-") ? null : subnet.text,
        subnet);
  }

  private void object(String text, Word first) throws Refused {
    Logged logged;
    try {
      logged = Json.read(text.getBytes(StandardCharsets.ISO_8859_1), Logged.class);
    } catch (JacksonException e) {
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw wrong(Math.max(1, column), "an object of the query log on a line of its own");
    }
    String client = logged.client;
    if (client == null) {
      throw wrong(first.column, "an object with a member \"client\", as the query log writes it");
    }
    query(client, new Word(client, first.column), logged.subnet, first);
  }

  private void query(String client, Word whereClient, @Nullable String subnet, Word whereSubnet)
      throws Refused {
    Asker asker;
    try {
      asker = Askers.of(client, null);
    } catch (Refused e) {
      throw wrong(whereClient, "the address of a client");
    }
    try {
      asker = Askers.of(client, subnet);
    } catch (Refused e) {
      throw wrong(new Word(String.valueOf(subnet), whereSubnet.column), "a client subnet");
    }
    sink.query(asker);
  }

  private Refused wrong(Word word, String expected) {
    String text = word.text.length() > 80 ? word.text.substring(0, 80) + "…" : word.text;
    return wrong(word.column, "%s, not \"%s\"".formatted(expected, Printable.of(text)));
  }

  private Refused wrong(int column, String expected) {
    return new Refused("%s:%d:%d: expected %s".formatted(file, line, column, expected));
  }
}
