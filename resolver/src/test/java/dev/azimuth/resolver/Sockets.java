package dev.azimuth.resolver;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.xbill.DNS.Message;

/** A client over real sockets on loopback. */
final class Sockets {
  private static final int PATIENCE_MILLIS = 20_000;

  private Sockets() {}

  static InetSocketAddress loopback(int port) {
    return at("127.0.0.1", port);
  }

  static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  static Message udp(InetSocketAddress server, byte[] query) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(server);
      socket.send(new DatagramPacket(query, query.length));
      var reply = new DatagramPacket(new byte[4096], 4096);
      socket.receive(reply);
      return new Message(Arrays.copyOf(reply.getData(), reply.getLength()));
    }
  }

  static Message tcp(InetSocketAddress server, byte[] query) throws IOException {
    try (Socket socket = connect(server)) {
      send(socket, query);
      return receive(socket);
    }
  }

  static Socket connect(InetSocketAddress server) throws IOException {
    var socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(server, PATIENCE_MILLIS);
    return socket;
  }

  static void send(Socket socket, byte[] query) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(framed(query));
    out.flush();
  }

  static byte[] framed(byte[] query) {
    byte[] frame = new byte[query.length + 2];
    Wire.put16(frame, 0, query.length);
    System.arraycopy(query, 0, frame, 2, query.length);
    return frame;
  }

  static Message receive(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    byte[] reply = new byte[in.readUnsignedShort()];
    in.readFully(reply);
    return new Message(reply);
  }

  /** Waits until the server closes the connection; false when it does not in time. */
  static boolean closed(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {
        // what was still under way
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // a reset
    }
  }
}
