package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.balancer.Settings.WhenDown;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What connections are told that have to end: which of them, by when, and why. */
class DepartingTest {
  private static final int MANY = 200;
  private static final long DRAIN = Lab.times().drain().toNanos();
  private static final String ONE = "eu/8001";
  private static final String TWO = "eu/8002";

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, Transport.NIO.handler());
  private final Loop loop =
      new Loop(
          group.next(),
          Transport.NIO,
          new SplittableRandom(1),
          new Budget(new PooledByteBufAllocator(true)),
          new Splice(null),
          NioDatagrams::new,
          fault -> {});
  private final Draft draft = new Draft();
  private final Balancer balancer =
      new Balancer(draft.settings(), Credentials.NONE, List.of(loop), new Silent());
  private final List<Carried> onOne = new ArrayList<>();
  private final List<Carried> onTwo = new ArrayList<>();

  @AfterEach
  void end() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    loop.release();
  }

  /** Says nothing. */
  static final class Silent implements Observer {
    @Override
    public void ended(ConnectionRecord connection) {}

    @Override
    public void failing(String balancer, String backend) {}

    @Override
    public void fault(Throwable fault) {}
  }

  /** A connection that remembers what it is told, one entry for each time. */
  private final class Carried implements Forwarded {
    final Backend at;
    final List<Long> by = new ArrayList<>();
    final List<End> why = new ArrayList<>();
    final List<Farewell.Of> of = new ArrayList<>();

    Carried(Backend at) {
      this.at = at;
    }

    @Override
    public Backend backend() {
      return at;
    }

    @Override
    public boolean isOf(Inlet inlet) {
      return false;
    }

    @Override
    public boolean isOf(Balancer its) {
      return its == balancer;
    }

    @Override
    public void endBy(Farewell.Of what, long nanos, End end) {
      of.add(what);
      by.add(nanos);
      why.add(end);
    }

    @Override
    public void end(End how) {}

    @Override
    public ConnectionRecord record(End how) {
      throw new UnsupportedOperationException("of nothing");
    }

    @Override
    public void tighten() {}
  }

  private void put(Departing departing) throws Exception {
    balancer.put(
        new Setup(draft.settings(), List.of(Lab.to(8001, 8002)), departing),
        Credentials.NONE,
        List.of());
    loop.events.submit(() -> {}).get(); // by when all are told
  }

  private void carry() throws Exception {
    put(Departing.NONE);
    Backend one = Objects.requireNonNull(balancer.backend(ONE));
    Backend two = Objects.requireNonNull(balancer.backend(TWO));
    for (int i = 0; i < MANY; i++) {
      onOne.add(new Carried(one));
      onTwo.add(new Carried(two));
    }
    loop.events
        .submit(
            () -> {
              onOne.forEach(loop::add);
              onTwo.forEach(loop::add);
            })
        .get();
  }

  private static void assertToldOnce(List<Carried> all, Farewell.Of of, End why) {
    assertThat(all)
        .allSatisfy(
            each -> {
              assertThat(each.of).containsExactly(of);
              assertThat(each.why).containsExactly(why);
            });
  }

  private static void assertSpread(List<Carried> all, long from, long to) {
    List<Long> ends = all.stream().map(each -> each.by.getLast()).sorted().toList();
    assertThat(ends.getFirst() - (from + DRAIN)).isNotNegative();
    assertThat(to + DRAIN + DRAIN / 3 - ends.getLast()).isNotNegative();
    for (int part = 0; part < 4; part++) {
      long begin = from + DRAIN + part * DRAIN / 12;
      long end = begin + DRAIN / 12;
      assertThat(ends.stream().filter(each -> begin <= each && each < end).count())
          .as("of %d, in each quarter of the time", MANY)
          .isBetween(MANY / 8L, MANY / 2L);
    }
  }

  @Test
  void thoseOfADrainedBackendEndSpreadOverAThirdMoreThanItsTime() throws Exception {
    carry();
    long from = System.nanoTime();
    put(new Departing(Set.of(), Set.of(ONE)));
    assertToldOnce(onOne, Farewell.Of.BACKEND, End.DRAINED);
    assertSpread(onOne, from, System.nanoTime());
    assertThat(onTwo).allMatch(each -> each.by.isEmpty());
    put(new Departing(Set.of(), Set.of(ONE)));
    assertToldOnce(onOne, Farewell.Of.BACKEND, End.DRAINED);
  }

  @Test
  void thoseOfADrainedBalancerToo() throws Exception {
    carry();
    long from = System.nanoTime();
    balancer.drain(true);
    loop.events.submit(() -> {}).get();
    assertToldOnce(onOne, Farewell.Of.PLACE, End.DRAINED);
    assertToldOnce(onTwo, Farewell.Of.PLACE, End.DRAINED);
    assertSpread(onTwo, from, System.nanoTime());
  }

  @Test
  void aDrainThatIsTakenBackIsForgotten() throws Exception {
    carry();
    put(new Departing(Set.of(), Set.of(ONE)));
    put(Departing.NONE);
    assertThat(onOne).allMatch(each -> each.by.getLast() == Long.MAX_VALUE);
    assertThat(onTwo).allMatch(each -> each.by.isEmpty());
  }

  @Test
  void thoseOfABackendThatIsDownEndAtOnceOrStay() throws Exception {
    carry();
    put(new Departing(Set.of(ONE), Set.of()));
    assertThat(onOne).as("keep is the default").allMatch(each -> each.by.isEmpty());
    draft.whenDown = WhenDown.CLOSE;
    put(new Departing(Set.of(ONE), Set.of()));
    assertToldOnce(onOne, Farewell.Of.BACKEND, End.BACKEND_DOWN);
    assertThat(onOne).allMatch(each -> each.by.getFirst() - System.nanoTime() <= 0);
    assertThat(onTwo).allMatch(each -> each.by.isEmpty());
  }

  @Test
  void whatIsCountedOfABackendStaysWhileItIsConfiguredThoughNobodyIsSentThere() throws Exception {
    put(Departing.NONE);
    Objects.requireNonNull(balancer.backend(ONE)).failed(Failure.REFUSED, "refused", 0);
    Objects.requireNonNull(balancer.backend(ONE)).joined();
    keep(Set.of(ONE, TWO));
    put(Departing.NONE);
    BalancerReport.BackendReport one =
        balancer.report().backends().stream()
            .filter(each -> each.key().equals(ONE))
            .findFirst()
            .orElseThrow();
    assertThat(one.connections()).isOne();
    assertThat(one.failures()).containsEntry(Failure.REFUSED, 1L);
    assertThat(Objects.requireNonNull(one.lastFailure()).cause()).isEqualTo("refused");
    keep(Set.of(TWO));
    assertThat(balancer.backend(ONE)).isNull();
  }

  /** Only the second is supplied, and these are configured. */
  private void keep(Set<String> backends) {
    List<Supply> supplies = List.of(Lab.to(8002));
    balancer.put(
        new Setup(draft.settings(), supplies, Departing.NONE, backends),
        Credentials.NONE,
        List.of());
  }
}
