package dev.azimuth.e2e;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks one server, from one UDP socket or over a TCP connection for each call. Never asks twice.
 */
final class DnsClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final InetSocketAddress server;
  private final DatagramSocket socket;
  private final byte[] buffer = new byte[65_535];

  DnsClient(InetSocketAddress server) throws IOException {
    this.server = server;
    socket = new DatagramSocket(new InetSocketAddress(server.getAddress(), 0));
    socket.connect(server);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  InetSocketAddress server() {
    return server;
  }

  /**
   * @param name absolute, the final dot may be missing
   */
  static Message query(String name, int type) {
    try {
      Name owner = Name.fromString(name, Name.root);
      Message query = Message.newQuery(Record.newRecord(owner, type, DClass.IN));
      query.getHeader().unsetFlag(Flags.RD);
      return query;
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * A query with an OPT record that carries a client subnet.
   *
   * @param subnet such as {@code 192.0.2.0/24}
   */
  static Message query(String name, int type, String subnet) throws IOException {
    String[] parts = subnet.split("/", -1);
    Message query = query(name, type);
    query.addRecord(
        new OPTRecord(
            1232,
            0,
            0,
            0,
            new ClientSubnetOption(Integer.parseInt(parts[1]), InetAddress.getByName(parts[0]))),
        Section.ADDITIONAL);
    return query;
  }

  Message udp(String name, int type) throws IOException {
    return udp(query(name, type));
  }

  /**
   * @throws SocketTimeoutException when no answer to this very query comes
   */
  Message udp(Message query) throws IOException {
    send(query.toWire());
    while (true) {
      Message answer = new Message(receive());
      if (answer.getHeader().getID() == query.getHeader().getID()) {
        return answer;
      }
    }
  }

  void send(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length));
  }

  /** Waits at most so long for a packet from now on. */
  void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /** The next packet. */
  byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    return Arrays.copyOf(buffer, packet.getLength());
  }

  /** Sends all queries over one connection before it reads; gives the answers as they come. */
  List<Message> tcp(Message... queries) throws IOException {
    try (Socket connection = new Socket(server.getAddress(), server.getPort())) {
      connection.setSoTimeout(PATIENCE_MILLIS);
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
      for (Message query : queries) {
        byte[] packet = query.toWire();
        out.writeShort(packet.length);
        out.write(packet);
      }
      out.flush();
      DataInputStream in = new DataInputStream(connection.getInputStream());
      List<Message> answers = new ArrayList<>();
      for (int i = 0; i < queries.length; i++) {
        answers.add(new Message(in.readNBytes(in.readUnsignedShort())));
      }
      return answers;
    }
  }

  /** The addresses of the answer to an A query over UDP, in their order. */
  List<String> a(String name) throws IOException {
    return addresses(udp(name, Type.A));
  }

  /** The addresses in the answer section, in their order. */
  static List<String> addresses(Message answer) {
    return answer.getSection(Section.ANSWER).stream()
        .map(
            record ->
                switch (record) {
                  case ARecord a -> a.getAddress().getHostAddress();
                  case AAAARecord aaaa -> aaaa.getAddress().getHostAddress();
                  default -> record.rdataToString();
                })
        .toList();
  }

  @Override
  public void close() {
    socket.close();
  }
}
