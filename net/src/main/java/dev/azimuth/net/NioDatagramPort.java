package dev.azimuth.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A port on the JDK's channels: one system call a datagram, and the objects for addresses that the
 * channels make. A wildcard address is one channel for each local address, see {@link
 * DatagramPorts#open}.
 */
final class NioDatagramPort implements DatagramPort {

  private static final int WAIT_MILLIS = 200;

  /** How often a free port that is taken on another of our addresses is tried anew. */
  private static final int FREE_PORT_ATTEMPTS = 16;

  private final InetSocketAddress localAddress;
  private final int receiveBuffer;
  private final List<DatagramChannel> channels;
  private final Selector selector;
  private final Consumer<SelectionKey> drain = this::drain;
  private final Slot[] slots = new Slot[BATCH];
  private int count;
  private int queued;

  /** The first index that may be replied to. */
  private int next;

  private @Nullable IOException failure;
  private long oversized;
  private long unsent;

  /** What one index of the batch says, and its reply. */
  private static final class Slot {
    /** One octet more than a payload may have, which shows that there was more. */
    final ByteBuffer in = ByteBuffer.allocateDirect(PAYLOAD + 1);

    final ByteBuffer out = ByteBuffer.allocateDirect(PAYLOAD);
    @Nullable DatagramChannel channel;
    @Nullable InetSocketAddress source;
    boolean v4;
    long high;
    long low;
    boolean answered;

    boolean isOversized() {
      return in.limit() > PAYLOAD;
    }

    void setSource(InetSocketAddress address) {
      source = address;
      byte[] octets = address.getAddress().getAddress();
      v4 = octets.length == 4;
      high = v4 ? 0 : number(octets, 0, 8);
      low = v4 ? number(octets, 0, 4) : number(octets, 8, 8);
    }

    private static long number(byte[] octets, int from, int length) {
      long value = 0;
      for (int i = from; i < from + length; i++) {
        value = (value << 8) | (octets[i] & 0xFF);
      }
      return value;
    }
  }

  private NioDatagramPort(InetSocketAddress wanted, List<DatagramChannel> channels)
      throws IOException {
    this.channels = channels;
    this.localAddress = new InetSocketAddress(wanted.getAddress(), port(channels.getFirst()));
    this.receiveBuffer = channels.getFirst().getOption(StandardSocketOptions.SO_RCVBUF);
    this.selector = Selector.open();
    for (DatagramChannel channel : channels) {
      channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
    }
    for (int i = 0; i < BATCH; i++) {
      slots[i] = new Slot();
    }
  }

  static NioDatagramPort open(InetSocketAddress local, boolean reusePort, int receiveBuffer)
      throws IOException {
    List<InetAddress> addresses = addresses(local.getAddress());
    for (int attempt = 1; ; attempt++) {
      List<DatagramChannel> channels = new ArrayList<>();
      try {
        int port = local.getPort();
        for (InetAddress address : addresses) {
          DatagramChannel channel = DatagramChannel.open(family(address));
          channels.add(channel);
          channel.setOption(StandardSocketOptions.SO_REUSEPORT, reusePort);
          channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
          bind(channel, new InetSocketAddress(address, port));
          port = port(channel);
        }
        return new NioDatagramPort(local, channels);
      } catch (BindException taken) {
        closeAll(channels);
        boolean another = local.getPort() == 0 && channels.size() > 1;
        if (!another || attempt == FREE_PORT_ATTEMPTS) {
          throw taken;
        }
      } catch (IOException | RuntimeException | Error failure) {
        closeAll(channels);
        throw failure;
      }
    }
  }

  private static List<InetAddress> addresses(InetAddress wanted) throws IOException {
    if (!wanted.isAnyLocalAddress()) {
      return List.of(wanted);
    }
    List<InetAddress> addresses =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> family(address).equals(family(wanted)))
            .distinct()
            .toList();
    if (addresses.isEmpty()) {
      throw new BindException(
          "this machine has no address that " + wanted.getHostAddress() + " stands for");
    }
    return addresses;
  }

  private static ProtocolFamily family(InetAddress address) {
    return address instanceof Inet6Address
        ? StandardProtocolFamily.INET6
        : StandardProtocolFamily.INET;
  }

  private static void bind(DatagramChannel channel, InetSocketAddress address) throws IOException {
    try {
      channel.bind(address);
    } catch (BindException e) {
      throw new BindFailure(Protocol.UDP, address, e);
    }
  }

  private static int port(DatagramChannel channel) throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public String transport() {
    return "nio";
  }

  @Override
  public int receiveBuffer() {
    return receiveBuffer;
  }

  @Override
  public Descriptor duplicate() throws IOException {
    throw new IOException("a socket of the JDK cannot be handed to another process");
  }

  @Override
  public int receive() throws IOException {
    count = 0;
    queued = 0;
    next = 0;
    selector.select(drain, WAIT_MILLIS);
    if (failure != null) {
      throw failure;
    }
    return count;
  }

  /** Takes what one channel has. What finds no room stays, and the selector tells it again. */
  private void drain(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      while (count < BATCH && take(channel, slots[count])) {
        count++;
      }
    } catch (ClosedChannelException e) {
      failure = e;
    } catch (IOException e) {
      // The echo of an ICMP error or a passing shortage: the next datagram may be well.
    }
  }

  private boolean take(DatagramChannel channel, Slot slot) throws IOException {
    slot.in.clear();
    if (!(channel.receive(slot.in) instanceof InetSocketAddress source)) {
      return false;
    }
    slot.in.flip();
    slot.channel = channel;
    slot.answered = false;
    slot.setSource(source);
    if (slot.isOversized()) {
      oversized++;
    }
    return true;
  }

  private Slot slot(int index) {
    return slots[Objects.checkIndex(index, count)];
  }

  @Override
  public int copy(int index, byte[] into) {
    Slot slot = slot(index);
    if (slot.isOversized()) {
      return -1;
    }
    int length = slot.in.limit();
    slot.in.get(0, into, 0, length);
    return length;
  }

  @Override
  public boolean sourceIsV4(int index) {
    return slot(index).v4;
  }

  @Override
  public long sourceHigh(int index) {
    return slot(index).high;
  }

  @Override
  public long sourceLow(int index) {
    return slot(index).low;
  }

  @Override
  public int sourcePort(int index) {
    return Objects.requireNonNull(slot(index).source).getPort();
  }

  @Override
  public void reply(int index, byte[] from, int length) {
    Objects.checkIndex(length - 1, PAYLOAD);
    Objects.checkIndex(index - next, count - next);
    Slot slot = slots[index];
    slot.out.clear().put(from, 0, length).flip();
    slot.answered = true;
    queued++;
    next = index + 1;
  }

  @Override
  public int flush() throws IOException {
    int sent = 0;
    for (int i = 0; queued > 0 && i < count; i++) {
      if (slots[i].answered) {
        slots[i].answered = false;
        queued--;
        if (send(slots[i])) {
          sent++;
        } else {
          unsent++;
        }
      }
    }
    return sent;
  }

  private static boolean send(Slot slot) throws IOException {
    try {
      return Objects.requireNonNull(slot.channel)
              .send(slot.out, Objects.requireNonNull(slot.source))
          > 0;
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public long oversized() {
    return oversized;
  }

  /** A channel of the JDK's sends datagrams one by one. */
  @Override
  public long joined() {
    return 0;
  }

  @Override
  public long unsent() {
    return unsent;
  }

  @Override
  public void close() {
    closeAll(channels);
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void closeAll(List<DatagramChannel> channels) {
    for (DatagramChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        // Closing an unconnected datagram socket has nothing left to lose.
      }
    }
  }
}
