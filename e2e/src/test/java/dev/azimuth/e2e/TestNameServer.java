package dev.azimuth.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A recursive resolver that knows one answer for every name, with a TTL of 1 s. */
final class TestNameServer implements AutoCloseable {
  private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private volatile List<String> addresses;

  TestNameServer(String... addresses) throws IOException {
    give(addresses);
    Thread.ofVirtual().start(this::serve);
  }

  /** What queries for either family get from now on; without an address, every query fails. */
  void give(String... next) {
    addresses = List.of(next);
  }

  /** As {@code address:port}. */
  String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    while (!socket.isClosed()) {
      try {
        packet.setLength(2048);
        socket.receive(packet);
        byte[] answer = answer(new Message(packet.getData())).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed by the test, which ends the loop; or one bad packet, which does not.
      }
    }
  }

  private Message answer(Message query) throws IOException {
    List<String> now = addresses;
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(query.getQuestion(), Section.QUESTION);
    if (now.isEmpty()) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
      return answer;
    }
    Name name = query.getQuestion().getName();
    int type = query.getQuestion().getType();
    for (String address : now) {
      InetAddress wanted = InetAddress.getByName(address);
      if (type == Type.A && wanted instanceof Inet4Address) {
        answer.addRecord(new ARecord(name, DClass.IN, 1, wanted), Section.ANSWER);
      } else if (type == Type.AAAA && wanted instanceof Inet6Address) {
        answer.addRecord(new AAAARecord(name, DClass.IN, 1, wanted), Section.ANSWER);
      }
    }
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
