package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.net.SocketPipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is passed on through a pipe of the system. */
@Timeout(60)
class SpliceTest {
  private static final int MIB = 1024 * 1024;
  private static final int MUCH = 48 * MIB;

  @BeforeEach
  void onlyWhereSocketsAreOurs() {
    assumeTrue(Balancers.adopts());
  }

  /** Sockets whose pipes are as a test wants them. */
  private static final class Piped implements Sockets {
    private final NetSockets sockets = new NetSockets();
    private final Splice.Source source;

    Piped(Splice.Source source) {
      this.source = source;
    }

    @Override
    public Port open(Listen listen) throws IOException {
      return sockets.open(listen);
    }

    @Override
    public Datagrams.Bound bind(Listen listen) throws IOException {
      return sockets.bind(listen);
    }

    @Override
    public Datagrams datagrams() {
      return sockets.datagrams();
    }

    @Override
    public Pipe pipe() throws IOException {
      return source.open();
    }
  }

  /** A pipe of the system in which something may be changed. */
  private static class Changed implements Pipe {
    private final Pipe pipe;

    Changed() throws IOException {
      pipe = new NetPipe(SocketPipe.open());
    }

    @Override
    public int held() {
      return pipe.held();
    }

    @Override
    public int fill(int socket, int most) throws IOException {
      return pipe.fill(socket, most);
    }

    @Override
    public int drain(int socket) throws IOException {
      return pipe.drain(socket);
    }

    @Override
    public void empty(ByteBuffer into) throws IOException {
      pipe.empty(into);
    }

    @Override
    public void close() {
      pipe.close();
    }
  }

  /** Octets that look like nothing else, the same each time, and what they come to. */
  private static long send(Socket to, int octets, int seed) throws IOException {
    Random random = new Random(seed);
    CRC32 crc = new CRC32();
    byte[] some = new byte[MIB / 4];
    OutputStream out = to.getOutputStream();
    for (int left = octets; left > 0; left -= some.length) {
      random.nextBytes(some);
      int length = Math.min(left, some.length);
      crc.update(some, 0, length);
      out.write(some, 0, length);
    }
    return crc.getValue();
  }

  /** What so many octets come to. */
  private static long receive(Socket from, int octets) throws IOException {
    CRC32 crc = new CRC32();
    byte[] some = new byte[65536];
    InputStream in = from.getInputStream();
    int left = octets;
    for (int read; left > 0 && (read = in.read(some, 0, Math.min(left, some.length))) > 0; ) {
      crc.update(some, 0, read);
      left -= read;
    }
    assertThat(left).as("octets that did not come").isZero();
    return crc.getValue();
  }

  private static CompletableFuture<Long> receiving(Socket from, int octets) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return receive(from, octets);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static long spliced(Lab lab) {
    return lab.report().listeners().getFirst().spliced();
  }

  /** Has one client send much, which comes back, and gives how much was spliced of both ways. */
  private static long thereAndBack(Lab lab, InetSocketAddress at) throws Exception {
    long before = spliced(lab);
    try (Socket client = lab.client(at)) {
      CompletableFuture<Long> back = receiving(client, MUCH);
      long sent = send(client, MUCH, 1);
      client.shutdownOutput();
      assertThat(back.get()).isEqualTo(sent);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    lab.assertAtRest();
    return spliced(lab) - before;
  }

  @Test
  void whatComesInBulkIsPassedOnWithoutACopyAndWhole() throws Exception {
    try (Lab lab = new Lab()) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(SpliceTest::echo));

      assertThat(thereAndBack(lab, at)).isGreaterThan(MUCH / 4);

      assertThat(lab.ended.getFirst().fromClient()).isEqualTo(MUCH);
      assertThat(lab.ended.getFirst().fromBackend()).isEqualTo(MUCH);
      assertThat(lab.count(End.DONE)).isEqualTo(1);
      assertThat(lab.report().listeners().getFirst().toClients()).isEqualTo(MUCH);
    }
  }

  @Test
  void slowReadersGetEverythingAndHoldNoMoreThanOneRead() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                long _ = send(socket, MUCH, 2);
                socket.close();
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at, 16 * 1024)) {
        await().until(() -> lab.balancers.held() > 0);
        assertThat(lab.balancers.held()).isLessThanOrEqualTo(Incoming.MOST);
        long sum = receive(client, MUCH);
        assertThat(sum).isEqualTo(sum(MUCH, 2));
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      lab.assertAtRest();
      assertThat(lab.count(End.DONE)).isEqualTo(1);
    }
  }

  private static long sum(int octets, int seed) {
    Random random = new Random(seed);
    CRC32 crc = new CRC32();
    byte[] some = new byte[MIB / 4];
    for (int left = octets; left > 0; left -= some.length) {
      random.nextBytes(some);
      crc.update(some, 0, Math.min(left, some.length));
    }
    return crc.getValue();
  }

  @Test
  void aClientThatHasEndedGetsAllOfALongReply() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                byte[] asked = socket.getInputStream().readAllBytes();
                long _ = send(socket, MUCH + asked.length, 3);
                socket.close();
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        client.getOutputStream().write(new byte[5]);
        client.shutdownOutput();
        assertThat(receive(client, MUCH + 5)).isEqualTo(sum(MUCH + 5, 3));
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      lab.assertAtRest();
      assertThat(spliced(lab)).isPositive();
      assertThat(lab.count(End.DONE)).isEqualTo(1);
    }
  }

  @Test
  void smallTalkAfterBulkIsCopiedAgain() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                long _ = send(socket, MUCH, 4);
                echo(socket);
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        assertThat(receive(client, MUCH)).isEqualTo(sum(MUCH, 4));
        talk(client, 2); // what was left of the bulk may decide about the first
        long bulk = spliced(lab);
        assertThat(bulk).isPositive();
        talk(client, 20);
        assertThat(spliced(lab)).isEqualTo(bulk);
      }
    }
  }

  private static void talk(Socket client, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      client.getOutputStream().write(new byte[100]);
      assertThat(client.getInputStream().readNBytes(100)).hasSize(100);
    }
  }

  @Test
  void urgentOctetsDoNotStopWhatComesAfterThem() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                for (int i = 0; i < 12; i++) {
                  long _ = send(socket, MUCH / 12, i);
                  socket.sendUrgentData('!'); // which a newer one would make an ordinary octet
                  long _ = send(socket, MIB, i);
                  int _ = socket.getInputStream().read();
                }
                socket.close();
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        for (int i = 0; i < 12; i++) {
          assertThat(receive(client, MUCH / 12)).isEqualTo(sum(MUCH / 12, i));
          assertThat(receive(client, MIB)).isEqualTo(sum(MIB, i));
          client.getOutputStream().write(1);
        }
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      lab.assertAtRest();
      assertThat(spliced(lab)).isPositive();
    }
  }

  /** Takes some of what is sent and breaks off in the middle of it. */
  private static void breakOff(Socket socket) throws IOException {
    assertThat(socket.getInputStream().readNBytes(8 * MIB)).hasSize(8 * MIB);
    Lab.reset(socket);
  }

  @Test
  void aClientThatBreaksOffInBulkIsAResetForTheBackendAndLeavesNothing() throws Exception {
    try (Lab lab = new Lab()) {
      CompletableFuture<Throwable> told = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                try {
                  long _ = send(socket, 1 << 30, 5);
                } catch (IOException e) {
                  told.complete(e);
                }
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      breakOff(lab.client(at));
      assertThat(told.get()).isInstanceOf(IOException.class);
      lab.assertAtRest();
      assertThat(spliced(lab)).isPositive();
      assertThat(lab.count(End.CLIENT_RESET)).isEqualTo(1);
    }
  }

  @Test
  void aBackendThatBreaksOffInBulkIsAResetForTheClientNeverAnEnd() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                long _ = send(socket, 16 * MIB, 6);
                Lab.reset(socket);
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      for (int i = 0; i < 10; i++) {
        try (Socket client = lab.client(at)) {
          assertThatThrownBy(
                  () -> client.getInputStream().transferTo(OutputStream.nullOutputStream()))
              .isInstanceOf(IOException.class);
        }
      }
      lab.assertAtRest();
      assertThat(lab.count(End.BACKEND_RESET)).isEqualTo(10);
    }
  }

  @Test
  void changesOfBackendsAndDrainsLeaveABulkTransferAlone() throws Exception {
    try (Lab lab = new Lab()) {
      int port = lab.server(SpliceTest::echo);
      int other = lab.server(SpliceTest::echo);
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        CompletableFuture<Long> back = receiving(client, MUCH);
        await().until(() -> lab.report().backends().getFirst().connections() == 1);
        Thread changes =
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; !back.isDone(); i++) {
                        lab.supply(Lab.settings(), i % 2 == 0 ? other : port);
                        lab.balancers.drain("web", i % 2 == 0);
                      }
                    });
        assertThat(send(client, MUCH, 7)).isEqualTo(back.get());
        changes.join();
      }
      lab.assertAtRest();
      assertThat(spliced(lab)).isPositive();
    }
  }

  @Test
  void withoutAPipeEverythingIsCopied() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    var sockets =
        new Piped(
            () -> {
              asked.incrementAndGet();
              throw new IOException("no descriptor is left");
            });
    try (Lab lab = new Lab(sockets, 1)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(SpliceTest::echo));

      assertThat(thereAndBack(lab, at)).isZero();
      await().until(() -> asked.get() > 1); // at each tick
    }
  }

  @Test
  void aPipeThatCannotBeHadNowIsHadLater() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    var sockets =
        new Piped(
            () -> {
              if (asked.incrementAndGet() < 3) {
                throw new IOException("no descriptor is left");
              }
              return new Changed();
            });
    try (Lab lab = new Lab(sockets, 1)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(SpliceTest::echo));
      await().until(() -> asked.get() == 3);

      assertThat(thereAndBack(lab, at)).isPositive();
      assertThat(asked).hasValue(3);
    }
  }

  @Test
  void aSystemThatDoesNotSpliceIsAskedOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    var sockets =
        new Piped(
            () -> {
              opened.incrementAndGet();
              return new Changed() {
                @Override
                public int fill(int socket, int most) {
                  asked.incrementAndGet();
                  return UNABLE;
                }
              };
            });
    try (Lab lab = new Lab(sockets, 1)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(SpliceTest::echo));

      assertThat(thereAndBack(lab, at)).isZero();
      assertThat(thereAndBack(lab, at)).isZero();
      assertThat(asked).hasValue(1);
      assertThat(opened).hasValue(1);
    }
  }

  @Test
  void whatIsLeftInAPipeGoesToNobodyElse() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    var sockets =
        new Piped(
            () -> {
              boolean first = opened.incrementAndGet() == 1;
              return new Changed() {
                @Override
                public int drain(int socket) throws IOException {
                  if (first) {
                    throw new IOException("broken pipe");
                  }
                  return super.drain(socket);
                }

                @Override
                public void close() {
                  closed.incrementAndGet();
                  super.close();
                }
              };
            });
    try (Lab lab = new Lab(sockets, 1)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(SpliceTest::echo));
      try (Socket client = lab.client(at)) {
        assertThatThrownBy(
                () -> {
                  long _ = send(client, MUCH, 8);
                  client.getInputStream().transferTo(OutputStream.nullOutputStream());
                })
            .isInstanceOf(IOException.class);
      }
      await().until(() -> opened.get() == 2);
      assertThat(closed).hasValue(1);

      assertThat(thereAndBack(lab, at)).isPositive();
      assertThat(opened).hasValue(2);
    }
    await().untilAsserted(() -> assertThat(closed).hasValue(2));
  }

  @Test
  void aLoopHasOnePipeWhateverItsConnectionsDo() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    var sockets =
        new Piped(
            () -> {
              opened.incrementAndGet();
              return new Changed() {
                @Override
                public void close() {
                  closed.incrementAndGet();
                  super.close();
                }
              };
            });
    try (Lab lab = new Lab(sockets, 2)) {
      int port =
          lab.server(
              socket -> {
                long _ = send(socket, 1 << 30, 9);
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      Socket[] clients = new Socket[40];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = lab.client(at);
        assertThat(clients[i].getInputStream().readNBytes(MIB)).hasSize(MIB);
      }
      assertThat(spliced(lab)).isPositive();
      assertThat(opened).hasValue(2);
      for (Socket client : clients) {
        Lab.reset(client);
      }
      lab.assertAtRest();
      // One in which something was left for nobody is replaced.
      assertThat(opened.get() - closed.get()).isEqualTo(2);
    }
    await().untilAsserted(() -> assertThat(closed).hasValue(opened.get()));
  }
}
