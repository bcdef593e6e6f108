package dev.azimuth.balancer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** With the JDK's sockets: a call a datagram, and some objects. */
final class NioDatagrams implements Datagrams {
  private static final int BATCH = 8;

  /** More than any datagram has. */
  private static final int ROOM = 1 << 16;

  private static final int RECEIVE_BUFFER = 4 << 20;

  private final ByteBuffer[] payloads = new ByteBuffer[BATCH];
  private final Tuple[] tuples = new Tuple[BATCH];

  NioDatagrams() {
    for (int i = 0; i < BATCH; i++) {
      payloads[i] = ByteBuffer.allocateDirect(ROOM);
      tuples[i] = new Tuple();
    }
  }

  /**
   * Binds. The JDK does not tell which address was asked: instead of a wildcard there is a socket
   * for each address that the machine has at this moment.
   *
   * @return at least one
   */
  static List<Channel> bind(InetSocketAddress at) throws IOException {
    List<Channel> all = new ArrayList<>();
    int port = at.getPort();
    try {
      for (InetAddress address : addresses(at.getAddress())) {
        Channel channel = new Channel(address);
        all.add(channel);
        channel.channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        channel.channel.bind(new InetSocketAddress(address, port));
        port = channel.localAddress().getPort();
      }
    } catch (IOException e) {
      all.forEach(Channel::close);
      throw new IOException("cannot listen on " + at, e);
    }
    if (all.isEmpty()) {
      throw new IOException("cannot listen on " + at + ": no address of that family is up");
    }
    return all;
  }

  private static List<InetAddress> addresses(InetAddress of) throws IOException {
    if (!of.isAnyLocalAddress()) {
      return List.of(of);
    }
    List<InetAddress> all = new ArrayList<>();
    for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
      if (each.isUp()) {
        each.inetAddresses()
            .filter(address -> Transport.family(address) == Transport.family(of))
            .forEach(all::add);
      }
    }
    return all;
  }

  /** A socket of the JDK. */
  static final class Channel implements Bound {
    private final DatagramChannel channel;
    private final Tuple local = new Tuple();

    /**
     * @param family any address of it
     */
    Channel(InetAddress family) throws IOException {
      ProtocolFamily its =
          switch (Transport.family(family)) {
            case INET -> StandardProtocolFamily.INET;
            case INET6 -> StandardProtocolFamily.INET6;
            case UNIX -> throw new IllegalArgumentException("no UDP");
          };
      channel = DatagramChannel.open(its);
      channel.configureBlocking(false);
      local.set(new InetSocketAddress(family, 0));
    }

    DatagramChannel channel() {
      return channel;
    }

    @Override
    public int descriptor() {
      return -1;
    }

    @Override
    public InetSocketAddress localAddress() {
      return (InetSocketAddress) channel.socket().getLocalSocketAddress();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // It is of no use to anybody all the same.
      }
    }
  }

  @Override
  public Socket connect(InetSocketAddress to, @Nullable InetAddress from) throws IOException {
    Channel made = new Channel(to.getAddress());
    try {
      if (from != null) {
        made.channel.bind(new InetSocketAddress(from, 0));
      }
      made.channel.connect(to);
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private static Channel channel(Socket socket) {
    return (Channel) socket;
  }

  @Override
  public int receive(Socket from) throws IOException {
    Channel channel = channel(from);
    int count = 0;
    try {
      while (count < BATCH) {
        ByteBuffer payload = payloads[count].clear();
        SocketAddress sender = channel.channel.receive(payload);
        if (sender == null) {
          return count;
        }
        payload.flip();
        Tuple tuple = tuples[count];
        tuple.set((InetSocketAddress) sender);
        tuple.localKnown = true;
        tuple.localHigh = channel.local.high;
        tuple.localLow = channel.local.low;
        count++;
      }
      return count;
    } catch (PortUnreachableException | NoRouteToHostException e) {
      return count > 0 ? count : UNREACHABLE;
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      return count; // passing: the next datagram may be well
    }
  }

  @Override
  public int length(int index) {
    return payloads[index].remaining();
  }

  @Override
  public void tuple(int index, Tuple into) {
    into.set(tuples[index]);
  }

  @Override
  public int pass(int first, int end, Socket over) throws IOException {
    return send(first, end, channel(over).channel, null);
  }

  @Override
  public int pass(int first, int end, Bound over, Tuple to) throws IOException {
    return send(first, end, channel(over).channel, to.client());
  }

  /**
   * @param to null over a connected socket
   */
  private int send(int first, int end, DatagramChannel over, @Nullable InetSocketAddress to)
      throws IOException {
    int sent = 0;
    for (int i = first; i < end; i++) {
      ByteBuffer payload = payloads[i];
      int length = payload.remaining();
      try {
        int went = to == null ? over.write(payload) : over.send(payload, to);
        // To a connected socket the JDK writes no empty datagram.
        sent += went == length && (length > 0 || to != null) ? 1 : 0;
      } catch (PortUnreachableException | NoRouteToHostException e) {
        return UNREACHABLE;
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        // Too long for the way, or not allowed: this one is lost.
      }
    }
    return sent;
  }
}
