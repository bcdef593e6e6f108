package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Every value of every field of a question, over real sockets. */
class SweepTest {
  private static final int VALUES = 0x10000;

  /** How many queries are under way at once, so that no socket buffer overflows. */
  private static final int WINDOW = 64;

  private static final int RESPONSE = 0x8000;

  private static final byte[] QUERY = DnsClient.query("www.example.com", Type.A).toWire();

  private static AzimuthProcess node;
  private static DnsClient client;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    node =
        AzimuthProcess.start(
            folder,
            """
            defaults: { check: none }
            pools: { here: { backends: { a: 192.0.2.1 } } }
            """
                + Zones.EXAMPLE
                + """
                      www: { to: here }
                """);
    client = node.client();
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      client.close();
      node.close();
    }
  }

  /** A question for www.example.com, its ID not yet set. */
  private static byte[] query(int flags, int type, int dclass) {
    byte[] query = QUERY.clone();
    ByteBuffer.wrap(query)
        .putShort(2, (short) flags)
        .putShort(query.length - 4, (short) type)
        .putShort(query.length - 2, (short) dclass);
    return query;
  }

  /**
   * Asks by UDP for every value, and says where the rcode is not the expected one; -1 is silence.
   */
  private static List<String> sweep(IntFunction<byte[]> query, IntUnaryOperator expected)
      throws IOException {
    List<String> wrong = new ArrayList<>();
    for (int from = 0; from < VALUES; from += WINDOW) {
      int asked = 0;
      for (int value = from; value < from + WINDOW; value++) {
        byte[] packet = query.apply(value);
        ByteBuffer.wrap(packet).putShort(0, (short) value);
        client.send(packet);
        asked += expected.applyAsInt(value) < 0 ? 0 : 1;
      }
      for (int i = 0; i < asked; i++) {
        ByteBuffer reply = ByteBuffer.wrap(client.receive());
        int value = reply.getShort(0) & 0xFFFF;
        int rcode = reply.get(3) & 0x0F;
        if (value < from || value >= from + WINDOW || rcode != expected.applyAsInt(value)) {
          wrong.add(value + " got " + Rcode.string(rcode));
        }
      }
    }
    return wrong;
  }

  /** What any type of a name that exists is answered with. */
  private static int rcodeOf(int type, boolean tcp) {
    return switch (type) {
      case 41, 128, 250 -> Rcode.FORMERR; // OPT, NXNAME, TSIG
      case 249, 253, 254 -> Rcode.NOTIMP; // TKEY, MAILB, MAILA
      case 251 -> Rcode.NOTAUTH; // IXFR, of what is no zone
      case 252 -> tcp ? Rcode.NOTAUTH : Rcode.NOTIMP; // AXFR
      default -> Rcode.NOERROR;
    };
  }

  @Test
  void everyTypeHasItsAnswer() throws IOException {
    assertThat(sweep(type -> query(0, type, DClass.IN), type -> rcodeOf(type, false))).isEmpty();
  }

  @Test
  void everyTypeHasItsAnswerOverTcp() throws IOException {
    List<String> wrong = new ArrayList<>();
    try (Socket connection = new Socket(node.dns().getAddress(), node.dns().getPort())) {
      var out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
      var in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
      for (int from = 0; from < VALUES; from += WINDOW) {
        for (int type = from; type < from + WINDOW; type++) {
          byte[] query = query(0, type, DClass.IN);
          ByteBuffer.wrap(query).putShort(0, (short) type);
          out.writeShort(query.length);
          out.write(query);
        }
        out.flush();
        for (int i = 0; i < WINDOW; i++) {
          ByteBuffer reply = ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort()));
          int type = reply.getShort(0) & 0xFFFF;
          int asked = reply.getShort(QUERY.length - 4) & 0xFFFF;
          int rcode = reply.get(3) & 0x0F;
          if (rcode != rcodeOf(type, true) || asked != type) {
            wrong.add(type + " got " + Rcode.string(rcode));
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyClassButInAndAnyIsRefused() throws IOException {
    assertThat(
            sweep(
                dclass -> query(0, Type.A, dclass),
                dclass ->
                    dclass == DClass.IN || dclass == DClass.ANY ? Rcode.NOERROR : Rcode.REFUSED))
        .isEmpty();
  }

  @Test
  void everyOpcodeAndCombinationOfFlagsHasItsAnswerAndResponsesHaveNone() throws IOException {
    assertThat(
            sweep(
                flags -> query(flags, Type.A, DClass.IN),
                flags ->
                    (flags & RESPONSE) != 0
                        ? -1
                        : switch (flags >> 11) {
                          case 0 -> Rcode.NOERROR;
                          case 4 -> Rcode.REFUSED; // NOTIFY
                          default -> Rcode.NOTIMP;
                        }))
        .isEmpty();
    // Silence so far: the next reply is that to the next query.
    assertThat(DnsClient.addresses(client.udp("www.example.com", Type.A)))
        .containsExactly("192.0.2.1");
  }
}
