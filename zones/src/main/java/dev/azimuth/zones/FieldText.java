package dev.azimuth.zones;

import dev.azimuth.zones.NameText.BadName;
import dev.azimuth.zones.RecordText.BadData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** The data of the types whose words dnsjava does not know, field by field. For one record. */
final class FieldText {
  private static final long MOST_32 = 0xffff_ffffL;
  private static final int LONGEST = 0xffff;

  /** What stands in one word of the data, or in all that are left. */
  private enum Field {
    U8,
    U16,
    U32,
    NAME,
    V4,
    PROTOCOL,
    PORTS,
    /** RFC 6742 section 2.1.2: four groups of hexadecimal digits. */
    LOCATOR,
    /** RFC 7043 section 3.2. */
    EUI48,
    EUI64,
    /** RFC 8777 section 4.3.1: whether there is discovery, the kind of relay, and the relay. */
    RELAY,
    /** A telephone number behind a plus, or hexadecimal digits. */
    ATM,
    TYPE,
    /** RFC 9859 section 2.1. */
    SCHEME,
    TEXT,
    TEXTS,
    TYPES,
    HEX,
    BASE64
  }

  /** RFC 1035, 6742, 7043, 7477, 8777, 9606 and 9859; the others from the registry of types. */
  private static final Map<Integer, List<Field>> FIELDS =
      Map.ofEntries(
          Map.entry(Types.WKS, List.of(Field.V4, Field.PROTOCOL, Field.PORTS)),
          Map.entry(31, List.of(Field.HEX)), // EID
          Map.entry(32, List.of(Field.HEX)), // NIMLOC
          Map.entry(34, List.of(Field.ATM)), // ATMA
          Map.entry(40, List.of(Field.U8, Field.U8, Field.U8, Field.BASE64)), // SINK
          Map.entry(56, List.of(Field.TEXTS)), // NINFO
          Map.entry(57, List.of(Field.U16, Field.U8, Field.U8, Field.BASE64)), // RKEY
          Map.entry(58, List.of(Field.NAME, Field.NAME)), // TALINK
          Map.entry(62, List.of(Field.U32, Field.U16, Field.TYPES)), // CSYNC
          Map.entry(66, List.of(Field.TYPE, Field.SCHEME, Field.U16, Field.NAME)), // DSYNC
          Map.entry(104, List.of(Field.U16, Field.LOCATOR)), // NID
          Map.entry(105, List.of(Field.U16, Field.V4)), // L32
          Map.entry(106, List.of(Field.U16, Field.LOCATOR)), // L64
          Map.entry(107, List.of(Field.U16, Field.NAME)), // LP
          Map.entry(108, List.of(Field.EUI48)),
          Map.entry(109, List.of(Field.EUI64)),
          Map.entry(258, List.of(Field.TEXTS)), // AVC
          Map.entry(259, List.of(Field.U32, Field.U32, Field.U8, Field.TEXT, Field.BASE64)), // DOA
          Map.entry(260, List.of(Field.U8, Field.RELAY)), // AMTRELAY
          Map.entry(261, List.of(Field.TEXTS)), // RESINFO
          Map.entry(262, List.of(Field.TEXTS)), // WALLET
          Map.entry(32768, List.of(Field.U16, Field.U8, Field.U8, Field.HEX))); // TA

  /** Types that dnsjava has no word for. */
  private static final Map<String, Integer> NAMES =
      Map.of("DSYNC", 66, "RESINFO", 261, "WALLET", 262);

  private final List<String> words;
  private final Name origin;
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private int at;

  private FieldText(String data, Name origin) {
    this.words = words(data);
    this.origin = origin;
  }

  /** The number of the type that a word stands for, in capital letters; -1 for none. */
  static int type(String word) {
    int known = Type.value(word);
    return known >= 0 ? known : NAMES.getOrDefault(word, -1);
  }

  /**
   * The RDATA.
   *
   * @param data as for {@link RecordText#parse}
   * @return null when dnsjava knows the words of the type
   */
  static byte @Nullable [] parse(int type, String data, Name origin) throws BadData {
    List<Field> fields = FIELDS.get(type);
    if (fields == null) {
      return null;
    }
    var text = new FieldText(data, origin);
    try {
      for (Field field : fields) {
        text.read(field);
      }
    } catch (IllegalArgumentException | BadName e) {
      throw new BadData(String.valueOf(e.getMessage()), e);
    }
    if (text.at < text.words.size()) {
      throw new BadData("nothing is expected behind " + text.words.get(text.at - 1));
    }
    if (text.octets.size() > LONGEST) {
      throw new BadData("there is more of it than 65535 octets");
    }
    return text.octets.toByteArray();
  }

  /** Cuts data in one line into its words; quotes and escapes stay. */
  static List<String> words(String data) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      if (c == ' ' && !quoted) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
        continue;
      }
      word.append(c);
      if (c == '\\' && i + 1 < data.length()) {
        word.append(data.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private void read(Field field) throws BadData, BadName {
    switch (field) {
      case U8 -> number(word(), 0xff, 1);
      case U16 -> number(word(), 0xffff, 2);
      case U32 -> number(word(), MOST_32, 4);
      case NAME -> name(word());
      case V4 -> address(word(), Address.IPv4, "IPv4");
      case PROTOCOL -> octets.write(known(WellKnown::protocol, word(), 0xff, "protocol"));
      case PORTS -> ports();
      case LOCATOR -> locator(word());
      case EUI48 -> eui(word(), 6);
      case EUI64 -> eui(word(), 8);
      case RELAY -> relay();
      case ATM -> atm(word());
      case TYPE -> number(typeOf(word()), 0xffff, 2);
      case SCHEME -> {
        String scheme = word();
        number(scheme.equalsIgnoreCase("NOTIFY") ? "1" : scheme, 0xff, 1);
      }
      case TEXT -> octets.writeBytes(RecordText.parse(Types.TXT, word(), origin));
      case TEXTS -> octets.writeBytes(RecordText.parse(Types.TXT, rest(" "), origin));
      case TYPES -> types();
      case HEX -> octets.writeBytes(HexFormat.of().parseHex(rest("")));
      case BASE64 -> base64(rest(""));
    }
  }

  private String word() throws BadData {
    if (at == words.size()) {
      throw new BadData("there is too little of it");
    }
    return words.get(at++);
  }

  private String rest(String between) throws BadData {
    if (at == words.size()) {
      throw new BadData("there is too little of it");
    }
    String rest = String.join(between, words.subList(at, words.size()));
    at = words.size();
    return rest;
  }

  private void number(String word, long most, int size) throws BadData {
    boolean digits = !word.isEmpty() && word.length() <= 10;
    for (int i = 0; i < word.length(); i++) {
      digits &= word.charAt(i) >= '0' && word.charAt(i) <= '9';
    }
    if (!digits || Long.parseLong(word) > most) {
      throw new BadData(word + " is not a number from 0 to " + most);
    }
    long value = Long.parseLong(word);
    for (int i = size - 1; i >= 0; i--) {
      octets.write((int) (value >> (Byte.SIZE * i)));
    }
  }

  private void name(String word) throws BadName {
    var name = new byte[LookupName.MAX_OCTETS];
    int length = NameText.parse(RecordText.unquoted(word), origin.toWire(), name);
    octets.write(name, 0, length);
  }

  private void address(String word, int family, String named) throws BadData {
    byte[] address = Address.toByteArray(word, family);
    if (address == null) {
      throw new BadData(word + " is not an " + named + " address");
    }
    octets.writeBytes(address);
  }

  private static int known(ToIntFunction<String> table, String word, int most, String what)
      throws BadData {
    int value = table.applyAsInt(word);
    if (value < 0 || value > most) {
      throw new BadData(word + " is no " + what + " that is known here: write its number");
    }
    return value;
  }

  /** A bit for each port, the first one being the highest of the first octet. */
  private void ports() throws BadData {
    byte[] bits = new byte[0x10000 / Byte.SIZE];
    int used = 0;
    while (at < words.size()) {
      int port = known(WellKnown::port, word(), 0xffff, "port");
      bits[port / Byte.SIZE] |= (byte) (0x80 >> port % Byte.SIZE);
      used = Math.max(used, port / Byte.SIZE + 1);
    }
    octets.write(bits, 0, used);
  }

  private void locator(String word) throws BadData {
    String[] groups = word.split(":", -1);
    if (groups.length != 4) {
      throw new BadData(word + " is not four groups of hexadecimal digits such as 2001:db8:0:1");
    }
    for (String group : groups) {
      octets.writeBytes(hex("0".repeat(Math.max(0, 4 - group.length())) + group, 4, group));
    }
  }

  private void eui(String word, int size) throws BadData {
    String[] pairs = word.split("-", -1);
    if (pairs.length != size) {
      throw new BadData(word + " is not " + size + " pairs of hexadecimal digits with - between");
    }
    for (String pair : pairs) {
      octets.writeBytes(hex(pair, 2, pair));
    }
  }

  private static byte[] hex(String digits, int length, String said) throws BadData {
    if (said.isEmpty()
        || digits.length() != length
        || !digits.chars().allMatch(HexFormat::isHexDigit)) {
      throw new BadData("\"" + said + "\" is not a group of hexadecimal digits");
    }
    return HexFormat.of().parseHex(digits);
  }

  private void relay() throws BadData, BadName {
    String discovery = word();
    String kind = word();
    String relay = word();
    if (!discovery.matches("[01]") || !kind.matches("[0-3]")) {
      throw new BadData("the relay is not 0 or 1, a type from 0 to 3 and the relay itself");
    }
    octets.write((discovery.equals("1") ? 0x80 : 0) + kind.charAt(0) - '0');
    switch (kind) {
      case "1" -> address(relay, Address.IPv4, "IPv4");
      case "2" -> address(relay, Address.IPv6, "IPv6");
      case "3" -> name(relay);
      default -> {
        if (!relay.equals(".")) {
          throw new BadData("a relay of type 0 is written as a dot");
        }
      }
    }
  }

  private void atm(String word) throws BadData {
    if (word.matches("\\+[0-9]+")) {
      octets.write(1);
      octets.writeBytes(word.substring(1).getBytes(StandardCharsets.US_ASCII));
    } else {
      octets.write(0);
      octets.writeBytes(HexFormat.of().parseHex(word.replace(".", "")));
    }
  }

  private static String typeOf(String word) throws BadData {
    int type = type(word.toUpperCase(Locale.ROOT));
    if (type < 0) {
      throw new BadData(word + " is not a type of records");
    }
    return Integer.toString(type);
  }

  /** The bitmap of RFC 4034 section 4.1.2: as of an NSEC record, without the name before it. */
  private void types() throws BadData {
    String listed = at == words.size() ? "" : rest(" ");
    byte[] next = RecordText.parse(Types.NSEC, ". " + listed, origin);
    octets.writeBytes(Arrays.copyOfRange(next, 1, next.length));
  }

  private void base64(String text) {
    if (!text.equals("-")) {
      octets.writeBytes(Base64.getDecoder().decode(text));
    }
  }
}
