package dev.azimuth.app.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

@Timeout(60)
class FollowerTest {

  private final ManualLoop loop = new ManualLoop();
  private final FakeResolver resolver = new FakeResolver();
  private final List<String> heard = new ArrayList<>();
  private final Follower follower = new Follower(loop::now, resolver, listener(heard), loop);

  /** Writes down each call as {@code host [addresses] +seconds} or {@code host failed: why}. */
  private Follower.Listener listener(List<String> into) {
    return new Follower.Listener() {
      @Override
      public void resolved(String host, List<InetAddress> addresses, long expires) {
        into.add(
            addresses.stream()
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(" ", host + " [", "] +"))
                .concat((expires - loop.now()) / 1000.0 + ""));
      }

      @Override
      public void failed(String host, String why, boolean none) {
        into.add(host + " failed: " + why);
      }
    };
  }

  private void follow(String... hosts) {
    follower.follow(Stream.of(hosts).collect(Collectors.toMap(host -> host, host -> List.of())));
    loop.run();
  }

  /** As a process does that goes on with what one before it knew. */
  private void follow(String host, List<String> known) {
    follower.follow(Map.of(host, known.stream().map(InetAddress::ofLiteral).toList()));
    loop.run();
  }

  private List<String> drain() {
    List<String> copy = List.copyOf(heard);
    heard.clear();
    return copy;
  }

  @Test
  void bothFamiliesAreToldSortedWithTheLeastTtl() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.200", "lb.example. 60 A 192.0.2.3");
    resolver.answer("lb.example. AAAA", "lb.example. 30 AAAA 2001:db8::1");
    follow("lb.example");
    assertThat(heard)
        .containsExactly("lb.example [192.0.2.3 192.0.2.200 2001:db8:0:0:0:0:0:1] +30.0");
  }

  @Test
  void aNameIsAskedAgainWhenItsTtlEndsAndNotBefore() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA");
    follow("lb.example");
    assertThat(drain()).containsExactly("lb.example [192.0.2.1] +60.0");
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.2");
    loop.pass(59_999);
    assertThat(heard).isEmpty();
    loop.pass(1);
    assertThat(drain()).containsExactly("lb.example [192.0.2.2] +60.0");
  }

  @Test
  void anyOrderOfTheAnswerIsTheSameList() {
    resolver.answer("lb.example. AAAA");
    resolver.answer("lb.example. A", "lb.example. 5 A 192.0.2.1", "lb.example. 5 A 192.0.2.2");
    follow("lb.example");
    resolver.answer("lb.example. A", "lb.example. 5 A 192.0.2.2", "lb.example. 5 A 192.0.2.1");
    loop.pass(5_000);
    assertThat(heard).hasSize(2);
    assertThat(Set.copyOf(heard)).hasSize(1);
  }

  @Test
  void theTtlIsHeldWithinItsBounds() {
    resolver.answer("low.example. A", "low.example. 0 A 192.0.2.1");
    resolver.answer("low.example. AAAA");
    resolver.answer("high.example. A", "high.example. 86400 A 192.0.2.2");
    resolver.answer("high.example. AAAA");
    follow("low.example", "high.example");
    assertThat(heard)
        .containsExactlyInAnyOrder(
            "low.example [192.0.2.1] +5.0", "high.example [192.0.2.2] +3600.0");
  }

  @Test
  void failuresOfEveryKindKeepTheLastSetAndAreRetriedEverMoreSlowly() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA");
    follow("lb.example");
    heard.clear();
    resolver.answer("lb.example. A", Rcode.SERVFAIL);
    resolver.fail("lb.example. AAAA", new IOException("unreachable"));
    loop.pass(60_000);
    assertThat(drain())
        .containsExactly("lb.example failed: A: SERVFAIL, AAAA: java.io.IOException: unreachable");
    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      loop.pass(seconds * 1000L - 1);
      assertThat(heard).as("before " + seconds + " s").isEmpty();
      loop.pass(1);
      assertThat(drain()).as("after " + seconds + " s").hasSize(1);
    }
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.9");
    resolver.answer("lb.example. AAAA");
    loop.pass(30_000);
    assertThat(drain()).containsExactly("lb.example [192.0.2.9] +60.0");
    resolver.answer("lb.example. A", Rcode.SERVFAIL);
    loop.pass(60_000);
    heard.clear();
    loop.pass(1_000);
    assertThat(heard).as("a success begins the pauses anew").hasSize(1);
  }

  @Test
  void anEmptyAnswerAndAMissingNameAreFailures() {
    resolver.answer("empty.example. A");
    resolver.answer("empty.example. AAAA");
    resolver.answer("gone.example. A", Rcode.NXDOMAIN);
    resolver.answer("gone.example. AAAA", Rcode.NXDOMAIN);
    follow("empty.example", "gone.example");
    assertThat(heard)
        .containsExactlyInAnyOrder(
            "empty.example failed: A: no record at empty.example.,"
                + " AAAA: no record at empty.example.",
            "gone.example failed: A: no such name gone.example.,"
                + " AAAA: no such name gone.example.");
  }

  @Test
  void silenceEndsAtTheDeadlineAndALateAnswerIsNotHeard() {
    follow("lb.example");
    loop.pass(Follower.DEADLINE.toMillis() - 1);
    assertThat(heard).isEmpty();
    loop.pass(1);
    assertThat(drain())
        .containsExactly(
            "lb.example failed: A: no answer within 10 s, AAAA: no answer within 10 s");
    loop.pass(1_000);
    assertThat(resolver.asked).hasSize(4);
  }

  @Test
  void oneFailingFamilyKeepsItsLastAddressesWhileTheOtherMovesOn() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA 2001:db8::1");
    follow("lb.example");
    heard.clear();
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.2");
    resolver.answer("lb.example. AAAA", Rcode.REFUSED);
    loop.pass(60_000);
    assertThat(drain())
        .containsExactly(
            "lb.example [192.0.2.2 2001:db8:0:0:0:0:0:1] +60.0",
            "lb.example failed: AAAA: REFUSED");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA 2001:db8::2");
    loop.pass(1_000);
    assertThat(drain())
        .as("retried soon")
        .containsExactly("lb.example [192.0.2.2 2001:db8:0:0:0:0:0:2] +60.0");
  }

  @Test
  void aFamilyWhoseFirstLookFailsKeepsWhatWasKnownBeforeTheProcess() {
    List<String> known = List.of("192.0.2.1", "2001:db8::1");
    resolver.answer("six.example. A", Rcode.SERVFAIL);
    resolver.answer("six.example. AAAA", "six.example. 60 AAAA 2001:db8::2");
    follow("six.example", known);
    assertThat(drain())
        .containsExactly(
            "six.example [192.0.2.1 2001:db8:0:0:0:0:0:2] +60.0",
            "six.example failed: A: SERVFAIL");
    resolver.answer("six.example. A", "six.example. 60 A 192.0.2.9");
    loop.pass(1_000);
    assertThat(drain())
        .as("retried soon")
        .containsExactly("six.example [192.0.2.9 2001:db8:0:0:0:0:0:2] +60.0");
    resolver.answer("four.example. A", "four.example. 60 A 192.0.2.2");
    resolver.fail("four.example. AAAA", new IOException("unreachable"));
    follow("four.example", known);
    assertThat(drain().getFirst()).isEqualTo("four.example [192.0.2.2 2001:db8:0:0:0:0:0:1] +60.0");
  }

  @Test
  void anEmptyAnswerGivesUpAFamilyThatWasKnownBeforeTheProcessAlone() {
    resolver.answer("lb.example. A", Rcode.NXDOMAIN);
    resolver.answer("lb.example. AAAA", Rcode.NXDOMAIN);
    follow("lb.example", List.of("192.0.2.1", "2001:db8::1"));
    assertThat(drain())
        .as("not while the other has none either: that is more likely a mistake")
        .containsExactly(
            "lb.example failed: A: no such name lb.example., AAAA: no such name lb.example.");
    resolver.answer("lb.example. A");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA 2001:db8::2");
    loop.pass(1_000);
    assertThat(drain()).containsExactly("lb.example [2001:db8:0:0:0:0:0:2] +60.0");
  }

  @Test
  void anEmptyAnswerKeepsTheLastAddressesOfItsFamilyAndIsTold() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA 2001:db8::1");
    follow("lb.example");
    heard.clear();
    resolver.answer("lb.example. A");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA 2001:db8::2");
    loop.pass(60_000);
    assertThat(drain())
        .containsExactly(
            "lb.example [192.0.2.1 2001:db8:0:0:0:0:0:2] +60.0",
            "lb.example failed: A: no record at lb.example.");
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.3");
    loop.pass(1_000);
    assertThat(drain())
        .as("retried soon")
        .containsExactly("lb.example [192.0.2.3 2001:db8:0:0:0:0:0:2] +60.0");
  }

  @Test
  void aliasesAreFollowedInOneAnswerOrSeveral() {
    resolver.answer(
        "lb.example. A",
        "lb.example. 300 CNAME a.example.",
        "b.example. 200 A 192.0.2.1",
        "a.example. 20 CNAME b.example.");
    resolver.answer("lb.example. AAAA", "lb.example. 300 CNAME a.example.");
    resolver.answer("a.example. AAAA", "a.example. 100 AAAA 2001:db8::2");
    follow("lb.example");
    assertThat(heard).containsExactly("lb.example [192.0.2.1 2001:db8:0:0:0:0:0:2] +20.0");
  }

  @Test
  void aLoopOfAliasesEnds() {
    resolver.answer(
        "lb.example. A", "lb.example. 9 CNAME a.example.", "a.example. 9 CNAME lb.example.");
    resolver.answer("lb.example. AAAA", "lb.example. 9 CNAME a.example.");
    resolver.answer("a.example. AAAA", "a.example. 9 CNAME lb.example.");
    follow("lb.example");
    assertThat(heard)
        .containsExactly(
            "lb.example failed: A: a CNAME chain of more than 16 links,"
                + " AAAA: a CNAME chain of more than 16 links");
    assertThat(resolver.asked).hasSizeLessThanOrEqualTo(1 + 1 + Chain.MOST_LINKS);
  }

  @Test
  void sixteenLinksAreNotTooMany() {
    String[] chain =
        IntStream.rangeClosed(1, 17)
            .mapToObj(
                i ->
                    "n"
                        + i
                        + ".example. 60 "
                        + (i < 17 ? "CNAME n" + (i + 1) + ".example." : "A 192.0.2.1"))
            .toArray(String[]::new);
    resolver.answer("n1.example. A", chain);
    resolver.answer("n1.example. AAAA");
    follow("n1.example");
    assertThat(heard).containsExactly("n1.example [192.0.2.1] +60.0");
  }

  @Test
  void strayRecordsAndMappedAddressesAreNotUsed() {
    resolver.answer(
        "lb.example. A", "other.example. 60 A 192.0.2.66", "LB.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA ::ffff:192.0.2.5");
    follow("lb.example");
    assertThat(heard).containsExactly("lb.example [192.0.2.1] +60.0");
  }

  @Test
  void addressesThatNobodyCanConnectToCountAsNone() {
    resolver.answer("lb.example. A", "lb.example. 60 A 192.0.2.1");
    resolver.answer("lb.example. AAAA");
    follow("lb.example");
    heard.clear();
    resolver.answer("lb.example. A", "lb.example. 60 A 0.0.0.0", "lb.example. 60 A 224.0.0.1");
    resolver.answer("lb.example. AAAA", "lb.example. 60 AAAA ::");
    loop.pass(60_000);
    assertThat(drain())
        .as("what was told last stays")
        .containsExactly(
            "lb.example failed: A: no record at lb.example., AAAA: no record at lb.example.");
  }

  @Test
  void ofManyAddressesTheLowestSixteenAreUsed() {
    String[] records =
        IntStream.rangeClosed(1, 40)
            .mapToObj(i -> "lb.example. 60 A 192.0.2." + (241 - i))
            .toArray(String[]::new);
    resolver.answer("lb.example. A", records);
    resolver.answer("lb.example. AAAA");
    follow("lb.example");
    String lowest =
        IntStream.range(201, 217).mapToObj(i -> "192.0.2." + i).collect(Collectors.joining(" "));
    assertThat(heard).containsExactly("lb.example [" + lowest + "] +60.0");
  }

  @Test
  void aRemovedNameIsNotAskedNorToldAgainAndAKeptOneIsUndisturbed() {
    for (String host : List.of("one.example", "two.example")) {
      resolver.answer(host + ". A", host + ". 60 A 192.0.2.1");
      resolver.answer(host + ". AAAA");
    }
    follow("one.example", "two.example");
    heard.clear();
    loop.pass(30_000);
    resolver.asked.clear();
    follow("two.example", "three.example");
    assertThat(resolver.asked).containsExactly("three.example. A", "three.example. AAAA");
    loop.pass(30_000);
    assertThat(heard).contains("two.example [192.0.2.1] +60.0");
    assertThat(heard).noneMatch(line -> line.startsWith("one.example"));
    assertThat(resolver.asked).doesNotContain("one.example. A");
  }

  @Test
  void aNameRemovedWhileItIsAskedAboutIsNotTold() {
    follow("lb.example");
    follower.follow(Map.of());
    loop.pass(Duration.ofMinutes(5).toMillis());
    assertThat(heard).isEmpty();
    assertThat(resolver.asked).hasSize(2);
  }

  @Test
  void onlySoManyNamesAreAskedAboutAtOnceAndTheRestFollow() {
    int many = 3 * Follower.MOST_ATTEMPTS;
    String[] hosts =
        IntStream.range(0, many).mapToObj(i -> "h" + i + ".example").toArray(String[]::new);
    follow(hosts);
    assertThat(resolver.asked).hasSize(2 * Follower.MOST_ATTEMPTS);
    loop.pass(Follower.DEADLINE.toMillis());
    loop.pass(Follower.DEADLINE.toMillis());
    loop.pass(Follower.DEADLINE.toMillis());
    assertThat(
            heard.stream()
                .map(line -> line.substring(0, line.indexOf(" ")))
                .collect(Collectors.toSet()))
        .hasSize(many);
  }

  @Test
  void textThatIsNoNameFailsAloneAndClosingEndsAll() {
    resolver.answer("good.example. A", "good.example. 60 A 192.0.2.1");
    resolver.answer("good.example. AAAA");
    follow("bad..example", "good.example");
    assertThat(drain())
        .containsExactlyInAnyOrder(
            "bad..example failed: not a host name", "good.example [192.0.2.1] +60.0");
    follower.close();
    loop.pass(Duration.ofHours(2).toMillis());
    assertThat(heard).isEmpty();
  }

  /** The real loop, dnsjava's client and real datagrams, against a responder of our own. */
  @Test
  void aRealResponderIsAsked() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      var _ = Thread.ofVirtual().start(() -> respond(socket));
      SimpleResolver client =
          new SimpleResolver(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
      client.setTimeout(Duration.ofSeconds(5));
      List<String> lines = new ArrayList<>();
      Follower.Listener inner = listener(lines);
      Follower.Listener outer =
          new Follower.Listener() {
            @Override
            public void resolved(String host, List<InetAddress> addresses, long expires) {
              inner.resolved(host, addresses, expires);
              told.add(lines.getLast());
            }

            @Override
            public void failed(String host, String why, boolean none) {
              told.add(host + " failed: " + why);
            }
          };
      try (Follower real = new Follower(loop::now, client, outer)) {
        real.follow(Map.of("lb.example", List.of()));
        assertThat(told.poll(20, TimeUnit.SECONDS))
            .isEqualTo("lb.example [192.0.2.7 2001:db8:0:0:0:0:0:7] +30.0");
      }
    }
  }

  private static void respond(DatagramSocket socket) {
    byte[] buffer = new byte[4096];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        boolean v4 = query.getQuestion().getType() == Type.A;
        Message answer =
            FakeResolver.message(
                Rcode.NOERROR,
                "lb.example. 60 CNAME edge.example.",
                v4 ? "edge.example. 30 A 192.0.2.7" : "edge.example. 90 AAAA 2001:db8::7");
        answer.getHeader().setID(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        byte[] octets = answer.toWire();
        socket.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
