package dev.azimuth.balancer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a whole ClientHello message (RFC 8446 section 4.1.2). Total. */
final class HelloParser {
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;
  private static final int PROTOCOLS = 16;
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_LABEL = 63;

  private @Nullable String server;
  private @Nullable List<String> protocols;

  private HelloParser() {}

  /**
   * @param from where the body of the message begins, after its header
   */
  static HelloReader.Reading parse(byte[] message, int from) {
    var parser = new HelloParser();
    if (!parser.body(new Part(message, from, message.length))) {
      return HelloReader.Unread.MALFORMED;
    }
    return new ClientHello(parser.server, parser.protocols == null ? List.of() : parser.protocols);
  }

  /** Reads all, and says whether it is sound; likewise the others. */
  private boolean body(Part body) {
    body.skip(VERSION_AND_RANDOM);
    body.vector(1); // session
    body.vector(2); // cipher suites
    body.vector(1); // compression
    if (!body.more()) {
      return body.sound(); // without extensions, as before TLS 1.2
    }
    Part extensions = body.vector(2);
    while (extensions.more()) {
      int type = extensions.number(2);
      Part data = extensions.vector(2);
      boolean sound =
          switch (type) {
            case SERVER_NAME -> server(data);
            case PROTOCOLS -> protocols(data);
            default ->
                true; // unknown ones are legal, and so are those that mean nothing (RFC 8701)
          };
      if (!sound) {
        return false;
      }
    }
    return extensions.sound() && !body.more() && body.sound();
  }

  private boolean server(Part data) {
    if (server != null) {
      return false;
    }
    Part names = data.vector(2);
    while (names.more()) {
      int type = names.number(1);
      Part name = names.vector(2);
      if (type == HOST_NAME) {
        String text = server == null ? name(name) : null;
        if (text == null) {
          return false;
        }
        server = text;
      }
    }
    return names.sound() && !data.more() && data.sound();
  }

  /** A host name in lower case, null for what is none. Nothing but letters, digits, - and _ is. */
  private static @Nullable String name(Part octets) {
    var name = new StringBuilder(octets.left());
    int label = 0;
    while (octets.more()) {
      int octet = octets.number(1);
      boolean upper = octet >= 'A' && octet <= 'Z';
      boolean plain =
          upper
              || (octet >= 'a' && octet <= 'z')
              || (octet >= '0' && octet <= '9')
              || octet == '-'
              || octet == '_';
      boolean dot = octet == '.' && label > 0;
      if (!plain && !dot) {
        return null;
      }
      label = dot ? 0 : label + 1;
      if (label > LONGEST_LABEL) {
        return null;
      }
      if (!dot || octets.more()) {
        name.append((char) (upper ? octet + ('a' - 'A') : octet));
      }
    }
    return name.isEmpty() || name.length() > LONGEST_NAME ? null : name.toString();
  }

  private boolean protocols(Part data) {
    if (protocols != null) {
      return false;
    }
    List<String> found = new ArrayList<>();
    Part list = data.vector(2);
    while (list.more()) {
      String protocol = list.vector(1).text();
      if (protocol.isEmpty()) {
        return false;
      }
      if (found.size() < HelloReader.MOST_PROTOCOLS) {
        found.add(protocol);
      }
    }
    protocols = found;
    return !found.isEmpty() && list.sound() && !data.more() && data.sound();
  }

  /** Octets from one to before another. After reading beyond the end nothing more is there. */
  private static final class Part {
    private final byte[] octets;
    private int at;
    private int end;
    private boolean sound = true;

    Part(byte[] octets, int at, int end) {
      this.octets = octets;
      this.at = at;
      this.end = end;
    }

    boolean more() {
      return at < end;
    }

    int left() {
      return end - at;
    }

    /** Whether nothing was read beyond the end. */
    boolean sound() {
      return sound;
    }

    void skip(int count) {
      if (count > end - at) {
        sound = false;
        end = at;
      } else {
        at += count;
      }
    }

    /** The next octets as a number; 0 beyond the end. */
    int number(int width) {
      int from = at;
      skip(width);
      int number = 0;
      for (int i = from; i < at; i++) {
        number = number << 8 | (octets[i] & 0xff);
      }
      return number;
    }

    /** What comes next, after its length in so many octets. */
    Part vector(int width) {
      int length = number(width);
      int from = at;
      skip(length);
      return new Part(octets, from, at);
    }

    /** All of it, an octet a character. */
    String text() {
      return new String(octets, at, end - at, StandardCharsets.ISO_8859_1);
    }
  }
}
