package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

class QueryLogTest {
  private static final String TEXT_START =
      "2019-06-05T10:53:05.000Z udp 192.0.2.100:5353 [2001:db8::35]:53 ";

  private final QueryLog log = new Gallery(Sample.picture()).queryLog();
  private final QueryTap tap = log.tap();
  private final Asking asking = new Asking(Sample.picture());

  QueryLogTest() {
    asking.client.port = 5353;
    asking.client.server = new ClientAddress(false, 0x2001_0db8_0000_0000L, 0x35);
    asking.client.serverPort = 53;
  }

  private void ask(byte[] packet) {
    byte[] reply = asking.raw(packet);
    tap.begin();
    tap.answered(packet, packet.length, asking.client, asking.responder, reply, reply.length);
  }

  private List<String> written(QueryFormat format, boolean cut) {
    List<String> lines = new ArrayList<>();
    log.drain(
        new QueryRecord(cut, QueryLogTest::backend),
        Integer.MAX_VALUE,
        record ->
            format
                .write(record)
                .forEach(octets -> lines.add(new String(octets, StandardCharsets.US_ASCII))));
    return lines;
  }

  private static String backend(int slot) {
    return (slot >= 10 ? "big/b" : slot == 1 ? "us/b" : "p/b") + slot;
  }

  private String line(QueryFormat format, byte[] packet) {
    log.sample(1);
    ask(packet);
    return written(format, false).getFirst();
  }

  @Test
  void aLineSaysWhatWasAskedAndAnswered() {
    byte[] packet =
        Packets.of()
            .question("V4only.example.com", 1, 1)
            .opt(1232, 0x8000, Packets.option(8, "00011800cb0071"))
            .bytes();
    assertThat(line(new QueryText(), packet))
        .startsWith(
            TEXT_START + "query v4only.example.com. IN A rd,do 0/1232 203.0.113.0/24 NOERROR aa,rd")
        .endsWith(" 74 rule us b1\n");
  }

  @Test
  void aSteeredAnswerSaysFromWhichPoolAndBackendsItIs() throws IOException {
    log.sample(1);
    ask(Packets.query("v4only.example.com", "A"));
    assertThat(written(new QueryJson(), false).getFirst())
        .endsWith(",\"pool\":\"us\",\"backends\":[\"b1\"]}\n");
    asking.overTcp();
    ask(Packets.query("all.example.com", "A"));
    String all = written(new QueryText(), false).getFirst();
    assertThat(all).contains(" rule big b10,b11,b12,").endsWith(",b68,b69\n");
    ask(Packets.query("v4only.example.com", "A"));
    List<byte[]> frames = new ArrayList<>();
    var format = new QueryDnstap(Sample.IDENTITY, "Azimuth 1");
    log.drain(
        new QueryRecord(false, QueryLogTest::backend),
        1,
        record -> frames.addAll(format.write(record)));
    assertThat(fields(frames.getFirst())).as("of the query").doesNotContainKey(3);
    assertThat(fields(frames.getLast()).get(3))
        .isEqualTo("reason=rule pool=us backends=b1".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aServiceBindingSaysWhoseAddressesItsHintsAre() {
    log.sample(1);
    for (String name : List.of("web", "toweb", "weblost", "x.crowd", "webalias")) {
      ask(Packets.query(name + ".example.com", "HTTPS"));
    }
    List<String> lines = written(new QueryText(), false);
    assertThat(lines.subList(0, 2)).allMatch(line -> line.endsWith(" rule p b3,b4\n"));
    assertThat(lines.get(2)).endsWith(" all_down - -\n");
    assertThat(lines.get(3)).contains(" rule big b10,b11,").endsWith(",b68,b69\n");
    assertThat(lines.get(4)).as("without hints").endsWith(" - - -\n");
  }

  @Test
  void anAnswerWithoutABackendsAddressSaysNone() {
    log.sample(1);
    for (String name : List.of("static", "dead", "fail", "down", "v4only")) {
      ask(Packets.query(name + ".example.com", name.equals("v4only") ? "AAAA" : "A"));
    }
    ask(Packets.query("all.example.com", "A"));
    List<String> lines = written(new QueryText(), false);
    assertThat(lines).hasSize(6).allMatch(line -> line.endsWith(" - -\n"));
    assertThat(lines.getLast()).as("truncated: it holds no address").contains(" aa,tc,rd ");
    ask(Packets.query("static.example.com", "A"));
    assertThat(written(new QueryJson(), false).getFirst())
        .doesNotContain("\"pool\"", "\"backends\"");
  }

  @Test
  void whateverAClientSendsIsEscaped() {
    byte[] name = {4, '\n', ' ', '"', '\\', 3, 'a', '.', (byte) 0xFF, 0};
    byte[] packet =
        ByteBuffer.allocate(12 + name.length + 4)
            .putLong(0x0001_0000_0001_0000L)
            .putInt(0)
            .put(name)
            .putInt(0xFF01_0001)
            .array();
    assertThat(line(new QueryText(), packet))
        .contains(" query \\010\\032\\\"\\\\.a\\.\\255. IN TYPE65281 ")
        .matches("[ -~]*\n");
    assertThat(line(new QueryJson(), packet))
        .contains("\"name\":\"\\\\010\\\\032\\\\\\\"\\\\\\\\.a\\\\.\\\\255.\"")
        .matches("[ -~]*\n");
  }

  @Test
  void whatCannotBeReadIsLoggedWithoutAQuestion() {
    byte[] header = new byte[12];
    header[2] = 0x20; // NOTIFY
    assertThat(line(new QueryText(), header)).startsWith(TEXT_START + "notify - - - - - - REFUSED");
    assertThat(line(new QueryJson(), new byte[12]))
        .doesNotContain("\"name\"")
        .contains("\"rcode\":\"FORMERR\"");
  }

  @Test
  void clientsThatAreCutArePrefixes() {
    log.sample(1);
    ask(Packets.subnet("static.example.com", "A", "00011C00cb0071f0"));
    assertThat(written(new QueryText(), true).getFirst())
        .contains(" 192.0.2.0:0 ")
        .contains(" 203.0.113.0/24 ");
    asking.client.v4 = false;
    asking.client.high = 0x2001_0db8_0102_0304L;
    ask(Packets.query("static.example.com", "A"));
    assertThat(written(new QueryText(), true).getFirst()).contains(" [2001:db8:102:300::]:0 ");
  }

  @Test
  void everySoManyThQueryIsRecordedAndNoneWhileItIsOff() {
    byte[] packet = Packets.query("static.example.com", "A");
    ask(packet);
    assertThat(tap.ring()).isNull();
    log.sample(3);
    for (int i = 0; i < 10; i++) {
      ask(packet);
    }
    assertThat(written(new QueryText(), false)).hasSize(4);
    log.sample(0);
    ask(packet);
    assertThat(written(new QueryText(), false)).isEmpty();
    assertThat(log.dropped()).isZero();
  }

  @Test
  void silenceIsNotRecorded() {
    log.sample(1);
    ask(new byte[3]);
    assertThat(written(new QueryText(), false)).isEmpty();
  }

  @Test
  void whatFindsNoRoomIsCountedAlsoAfterItsWorkerHasEnded() {
    byte[] packet = Packets.query("static.example.com", "A");
    log.sample(1);
    while (log.dropped() < 5) {
      ask(packet);
    }
    tap.close();
    int whole = written(new QueryText(), false).size();
    assertThat(whole).isGreaterThan(1_000);
    assertThat(log.dropped()).isEqualTo(5);
    ask(packet);
    assertThat(written(new QueryText(), false)).as("the tap is forgotten").isEmpty();
  }

  @Test
  void aTapThatEndsWhileTheLogIsOffIsForgotten() {
    tap.close();
    log.sample(1);
    assertThat(tap.ring()).isNull();
  }

  @Test
  void dnstapHoldsBothMessages() throws IOException {
    log.sample(1);
    asking.client.now = 1_500;
    byte[] packet = Packets.query("static.example.com", "A");
    byte[] reply = asking.raw(packet);
    ask(packet);
    List<byte[]> frames = new ArrayList<>();
    var format = new QueryDnstap(Sample.IDENTITY, "Azimuth 1");
    log.drain(
        new QueryRecord(false, QueryLogTest::backend),
        10,
        record -> frames.addAll(format.write(record)));
    assertThat(frames).hasSize(2);
    Map<Integer, Object> outer = fields(frames.getFirst());
    assertThat(outer.get(1)).isEqualTo(Sample.IDENTITY.nsid());
    assertThat(outer.get(2)).isEqualTo("Azimuth 1".getBytes(StandardCharsets.US_ASCII));
    assertThat(outer.get(15)).isEqualTo(1L);
    Map<Integer, Object> query = fields((byte[]) outer.get(14));
    byte[] server = HexFormat.of().parseHex("20010db8000000000000000000000035");
    assertThat(query)
        .containsEntry(1, 1L)
        .containsEntry(2, 1L)
        .containsEntry(3, 1L)
        .containsEntry(6, 5353L)
        .containsEntry(7, 53L)
        .containsEntry(8, 1L)
        .containsEntry(9, 500_000_000L);
    assertThat(query.get(4)).isEqualTo(new byte[] {(byte) 192, 0, 2, 100});
    assertThat(query.get(5)).isEqualTo(server);
    assertThat(query.get(10)).isEqualTo(packet);
    Map<Integer, Object> response = fields((byte[]) fields(frames.getLast()).get(14));
    assertThat(response).containsEntry(1, 2L).containsEntry(12, 1L).containsEntry(13, 500_000_000L);
    assertThat(new Message((byte[]) response.get(14))).hasToString(new Message(reply).toString());
  }

  /** The fields of a protocol buffer, none of which is repeated. */
  private static Map<Integer, Object> fields(byte[] octets) {
    ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, Object> fields = new HashMap<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      Object value =
          switch ((int) key & 7) {
            case 0 -> varint(in);
            case 2 -> {
              byte[] data = new byte[(int) varint(in)];
              in.get(data);
              yield data;
            }
            case 5 -> in.getInt() & 0xFFFF_FFFFL;
            default -> throw new IllegalArgumentException("wire type of " + key);
          };
      assertThat(fields.put((int) (key >> 3), value)).isNull();
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
