package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.Descriptor;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

/** The worker's loop over a port that is a script: each receive takes the next batch. */
class UdpWorkerTest {
  private final AtomicLong clock = new AtomicLong();
  private final List<Throwable> faults = new ArrayList<>();
  private final List<Long> pauses = new ArrayList<>();
  private final Script port = new Script();
  private final Gallery gallery = new Gallery(Sample.picture());
  private final RateLimiter limiter = new RateLimiter(1, new Random(9));
  private final UdpWorker worker =
      new UdpWorker(
          port,
          gallery,
          new Turns(1),
          limiter,
          faults::add,
          () -> Sample.NOW,
          clock::get,
          pauses::add);

  private static final class Script implements DatagramPort {
    final Deque<List<byte[]>> batches = new ArrayDeque<>();
    final List<byte[]> replies = new ArrayList<>();
    List<byte[]> batch = List.of();
    int sourcePort = 1024;
    int flushes;
    boolean closed;
    int failingCopies;
    int failingReceives;
    int failingFlushes;

    @Override
    public Descriptor duplicate() {
      throw new UnsupportedOperationException("no socket");
    }

    @Override
    public int receive() throws IOException {
      if (failingReceives > 0) {
        failingReceives--;
        throw new IllegalStateException("fault");
      }
      if (batches.isEmpty()) {
        throw new IOException("the script is over");
      }
      batch = batches.poll();
      return batch.size();
    }

    @Override
    public int copy(int index, byte[] into) {
      if (failingCopies > 0) {
        failingCopies--;
        throw new IllegalStateException("fault");
      }
      byte[] packet = batch.get(index);
      System.arraycopy(packet, 0, into, 0, packet.length);
      return packet.length;
    }

    @Override
    public void reply(int index, byte[] from, int length) {
      replies.add(Arrays.copyOf(from, length));
    }

    @Override
    public int flush() {
      if (failingFlushes > 0) {
        failingFlushes--;
        throw new AssertionError("fault");
      }
      flushes++;
      return replies.size();
    }

    @Override
    public boolean sourceIsV4(int index) {
      return true;
    }

    @Override
    public long sourceHigh(int index) {
      return 0;
    }

    @Override
    public long sourceLow(int index) {
      return 0xC000_0201L;
    }

    @Override
    public int sourcePort(int index) {
      return sourcePort;
    }

    @Override
    public InetSocketAddress localAddress() {
      return new InetSocketAddress(53);
    }

    @Override
    public String transport() {
      return "script";
    }

    @Override
    public int receiveBuffer() {
      return 1;
    }

    @Override
    public long oversized() {
      return 0;
    }

    @Override
    public long joined() {
      return 0;
    }

    @Override
    public long unsent() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** What the worker has counted. */
  private List<String> seen() {
    var seen = new ArrayList<String>();
    var listener = new Listener(port.localAddress(), port.localAddress(), "script", 1);
    worker
        .tally()
        .visit(
            listener,
            TrafficVisitor.Channel.UDP,
            new TrafficVisitor() {
              @Override
              public void answered(
                  Listener of, Channel channel, String type, String rcode, long count) {
                seen.add(type + " " + rcode + " " + count);
              }

              @Override
              public void truncated(Listener of, Channel channel, long count) {
                seen.add("truncated " + count);
              }

              @Override
              public void dropped(Listener of, Channel channel, Drop why, long count) {
                seen.add(why + " " + count);
              }

              @Override
              public void cookies(Listener of, Channel channel, Cookie cookie, long count) {
                seen.add("cookie " + cookie + " " + count);
              }

              @Override
              public void prohibited(Listener of, Channel channel, long count) {
                seen.add("prohibited " + count);
              }

              @Override
              public void limited(Listener listener, AnswerClass of, Limited how, long count) {
                seen.add(of + " " + how + " " + count);
              }

              @Override
              public void failedReceives(Listener of, Channel channel, long count) {
                seen.add("failed receives " + count);
              }
            });
    return seen;
  }

  @Test
  void answersEveryBatchAndEndsWithItsSocket() {
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.add(List.of(query, query));
    port.batches.add(List.of());
    port.batches.add(List.of(query));
    worker.run();
    assertThat(port.replies).hasSize(3);
    assertThat(port.flushes).isEqualTo(2);
    assertThat(port.closed).isTrue();
    assertThat(faults).hasSize(1).first().isInstanceOf(IOException.class);
    assertThat(worker.healthy(Long.MAX_VALUE)).isFalse();
    assertThat(worker.tally().received()).isEqualTo(3);
  }

  @Test
  void aFaultCostsOnePacketAndIsToldSeldom() {
    byte[] query = Packets.query("www.example.com", "A");
    port.failingCopies = 9;
    port.batches.add(List.of(query, query, query, query, query));
    port.batches.add(List.of(query, query, query, query, query));
    worker.run();
    assertThat(port.replies).hasSize(1);
    // The first, second, fourth and eighth, and the end of the script.
    assertThat(faults).hasSize(5);
    assertThat(worker.tally().received()).isEqualTo(10);
  }

  @Test
  void whatIsThrownBetweenPacketsCostsOneBatch() {
    byte[] query = Packets.query("www.example.com", "A");
    port.failingReceives = 1;
    port.failingFlushes = 1;
    port.batches.add(List.of(query));
    port.batches.add(List.of(query));
    worker.run();
    assertThat(port.flushes).as("of the second batch").isEqualTo(1);
    assertThat(faults)
        .hasExactlyElementsOfTypes(
            IllegalStateException.class, AssertionError.class, IOException.class);
  }

  @Test
  void whoCannotBeToldOfFaultsDoesNotEndTheWorker() {
    byte[] query = Packets.query("www.example.com", "A");
    port.failingCopies = 1;
    port.batches.add(List.of(query, query));
    port.batches.add(List.of(query));
    new UdpWorker(
            port,
            gallery,
            new Turns(1),
            limiter,
            fault -> {
              throw new IllegalStateException("the log is full", fault);
            },
            () -> Sample.NOW,
            clock::get,
            pauses::add)
        .run();
    assertThat(port.replies).hasSize(2);
    assertThat(port.flushes).isEqualTo(2);
    assertThat(port.closed).isTrue();
  }

  @Test
  void aWorkerWhoseBatchesAllFailIsNotHealthy() {
    var health = new ArrayList<Boolean>();
    var watched = new UdpWorker[1];
    watched[0] =
        new UdpWorker(
            port,
            gallery,
            new Turns(1),
            limiter,
            _ -> {
              clock.addAndGet(600);
              health.add(watched[0].healthy(1_000));
            },
            () -> Sample.NOW,
            clock::get,
            pauses::add);
    port.failingReceives = 2;
    watched[0].run();
    assertThat(health).startsWith(true, false);
  }

  @Test
  void receivesThatFailAtOnceAreCountedAndTriedAgainAfterPausesThatGrowToABound() {
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.addAll(Collections.nCopies(10, List.of()));
    port.batches.add(List.of(query));
    port.batches.add(List.of());
    worker.run();
    assertThat(port.replies).as("it answers as soon as the socket does").hasSize(1);
    assertThat(pauses.stream().map(nanos -> nanos / 1_000_000))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 64L, 64L, 64L, 1L);
    assertThat(seen()).containsExactlyInAnyOrder("A NOERROR 1", "failed receives 11");
  }

  @Test
  void aWorkerThatNeverReceivesIsNotHealthyAndOneThatWaitsIs() {
    port.batches.addAll(Collections.nCopies(3, List.of()));
    var health = new ArrayList<Boolean>();
    var watched = new UdpWorker[1];
    watched[0] =
        new UdpWorker(
            port,
            gallery,
            new Turns(1),
            limiter,
            faults::add,
            () -> Sample.NOW,
            clock::get,
            _ -> {
              clock.addAndGet(600);
              health.add(watched[0].healthy(1_000));
            });
    watched[0].run();
    assertThat(health).containsExactly(true, false, false);
    port.batches.addAll(Collections.nCopies(3, List.of()));
    new UdpWorker(
            port,
            gallery,
            new Turns(1),
            limiter,
            faults::add,
            () -> Sample.NOW,
            () -> clock.addAndGet(200_000_000),
            pauses::add)
        .run();
    assertThat(pauses).as("nothing came within 200 ms").isEmpty();
  }

  @Test
  void seesTheNextPictureWithTheNextBatch() {
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.add(List.of(query));
    gallery.publish(Sample.picture(2, new dev.azimuth.zones.Zones(List.of()), Sample.steering()));
    worker.run();
    assertThat(port.replies.getFirst()[3]).isEqualTo((byte) Wire.REFUSED);
  }

  @Test
  void doesNotAnswerPortZero() {
    port.sourcePort = 0;
    port.batches.add(List.of(Packets.query("www.example.com", "A")));
    worker.run();
    assertThat(port.replies).isEmpty();
  }

  @Test
  void isStuckWhenItWasNotSeenForTooLong() {
    assertThat(worker.healthy(2_000)).isTrue();
    clock.set(2_000);
    assertThat(worker.healthy(2_000)).isTrue();
    clock.set(2_001);
    assertThat(worker.healthy(2_000)).isFalse();
  }

  @Test
  void drainsWhatIsQueuedWhenItIsStopped() {
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.add(List.of(query));
    port.batches.add(List.of(query));
    port.batches.add(List.of());
    worker.stop(1);
    worker.run();
    assertThat(port.replies).hasSize(2);
    assertThat(faults).isEmpty();
    assertThat(port.closed).isTrue();
  }

  @Test
  void stopsInTimeHoweverMuchIsQueued() {
    clock.set(5);
    port.batches.add(List.of(Packets.query("www.example.com", "A")));
    worker.stop(5);
    worker.run();
    assertThat(port.replies).isEmpty();
    assertThat(port.closed).isTrue();
  }

  @Test
  void countsByTypeAndRcode() {
    port.batches.add(
        List.of(
            Packets.query("www.example.com", "A"),
            Packets.query("www.example.com", "AAAA"),
            Packets.query("none.example.com", "A"),
            Packets.query("www.example.com", "HINFO"),
            Packets.query("huge.example.com", "A"),
            Packets.of().question("www.example.com", 1, 1).opt(1232, 0x00010000, "").bytes(),
            new byte[3]));
    worker.run();
    assertThat(seen())
        .containsExactlyInAnyOrder(
            "A NOERROR 2",
            "AAAA NOERROR 1",
            "A NXDOMAIN 1",
            "other NOERROR 1",
            "A BADVERS 1",
            "truncated 1",
            "NOT_A_QUERY 1");
  }

  @Test
  void countsCookiesByWhatTheyAre() throws IOException {
    port.batches.add(List.of(cookie("2464c4abcf10c957"), Packets.query("www.example.com", "A")));
    worker.run();
    String ours = Asking.options(new Message(port.replies.getFirst())).get(10);
    String another = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
    port.batches.add(List.of(cookie(ours), cookie(ours), cookie(another)));
    worker.run();
    assertThat(seen())
        .containsExactlyInAnyOrder(
            "A NOERROR 5", "cookie NEW 1", "cookie VALID 2", "cookie INVALID 1");
  }

  @Test
  void fromAFrontEndTheClientIsWhomItsHeaderNames() {
    admit(
        new Admission(
            List.of(Sample.cidr("198.51.100.0/24")),
            List.of(),
            List.of(Sample.cidr("192.0.2.1/32")),
            null));
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.add(
        List.of(
            after(ProxyHeaderTest.of("198.51.100.7"), query),
            after(ProxyHeaderTest.of("198.51.101.7"), query),
            after(ProxyHeaderTest.second("2000", ""), query), // for itself
            query,
            ProxyHeaderTest.of("198.51.100.7"),
            after("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII), query)));
    worker.run();
    assertThat(port.replies.stream().map(reply -> reply[3] & 0x0F))
        .containsExactly(Wire.NOERROR, Wire.REFUSED, Wire.REFUSED);
    assertThat(port.replies.getFirst()).startsWith(query[0], query[1]);
    assertThat(seen())
        .containsExactlyInAnyOrder(
            "A NOERROR 1", "A REFUSED 2", "prohibited 2", "NO_PROXY_HEADER 2", "NOT_A_QUERY 1");
  }

  @Test
  void fromAnywhereElseAHeaderIsAMalformedQuery() {
    admit(new Admission(Admission.ANY, List.of(), List.of(Sample.cidr("198.51.100.0/24")), null));
    byte[] query = Packets.query("www.example.com", "A");
    port.batches.add(List.of(after(ProxyHeaderTest.of("198.51.100.7"), query), query));
    worker.run();
    assertThat(port.replies.stream().map(reply -> reply[3] & 0x0F))
        .containsExactly(Wire.NOTIMP, Wire.NOERROR); // its third octet reads as opcode 1
  }

  @Test
  void limitsAndCountsByClass() {
    admit(
        new Admission(
            Admission.ANY, List.of(), List.of(), new RateLimit(1, 2, 2, 24, 56, List.of())));
    byte[] query = Packets.query("www.example.com", "A");
    byte[] missing = Packets.query("none.example.com", "A");
    port.batches.add(List.of(query, query, query, query, query));
    port.batches.add(List.of(missing, missing, missing, missing));
    worker.run();
    // Two within the limit, dropped, slipped, dropped; two within the limit, slipped, dropped.
    assertThat(port.replies).hasSize(6);
    assertThat(seen())
        .containsExactlyInAnyOrder(
            "A NOERROR 3",
            "A NXDOMAIN 3",
            "truncated 2",
            "ANSWER SLIPPED 1",
            "ANSWER DROPPED 2",
            "NXDOMAIN SLIPPED 1",
            "NXDOMAIN DROPPED 1",
            "RATE_LIMITED 3");
    assertThat(worker.tally().received()).isEqualTo(9);
  }

  private void admit(Admission admission) {
    Picture now = gallery.current();
    gallery.publish(
        new Picture(2, now.zones(), now.steering(), now.identity(), now.cookies(), admission));
  }

  private static byte[] after(byte[] header, byte[] query) {
    byte[] packet = Arrays.copyOf(header, header.length + query.length);
    System.arraycopy(query, 0, packet, header.length, query.length);
    return packet;
  }

  private static byte[] cookie(String cookie) {
    String option = Packets.option(10, cookie);
    return Packets.of().question("www.example.com", 1, 1).opt(1232, 0, option).bytes();
  }
}
