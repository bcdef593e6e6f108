package dev.azimuth.app.demo;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks a name server over UDP, as any resolver would. For one thread. */
final class DemoClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 500;
  private static final int LARGEST = 1232;

  private final DatagramSocket socket;
  private final Record question;

  DemoClient(InetSocketAddress server, String name) throws IOException {
    question = Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN);
    socket = new DatagramSocket();
    try {
      socket.connect(server);
      socket.setSoTimeout(TIMEOUT_MILLIS);
    } catch (SocketException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Asks once for the addresses of the name.
   *
   * @return in the order of the answer
   * @throws IOException when no answer comes in time, or none that can be read
   */
  List<String> ask() throws IOException {
    Message query = Message.newQuery(question);
    byte[] asked = query.toWire();
    socket.send(new DatagramPacket(asked, asked.length));
    while (true) {
      var packet = new DatagramPacket(new byte[LARGEST], LARGEST);
      socket.receive(packet);
      var answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
      if (answer.getHeader().getID() == query.getHeader().getID()) {
        return answer.getSection(Section.ANSWER).stream()
            .filter(ARecord.class::isInstance)
            .map(record -> ((ARecord) record).getAddress().getHostAddress())
            .toList();
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
