package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
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
          faults::add);

  @AfterEach
  void end() {
    var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    loop.release();
  }

  /** Nothing else has this loop look: it was not started. */
  @Test
  void deadlinesAreLookedAtAsLongAsAnythingHasOneAndAgainLater() throws Exception {
    for (int round = 0; round < 2; round++) {
      CountDownLatch ticks = new CountDownLatch(3);
      Runnable each = ticks::countDown;
      loop.events.submit(() -> loop.eachTick(each)).get();
      assertThat(ticks.await(20, TimeUnit.SECONDS)).isTrue();
      loop.events.submit(() -> loop.notEachTick(each)).get();
      Thread.sleep(250); // by when it has seen that nothing is left
    }
  }

  @Test
  void oneThatCannotBeClosedKeepsNoOtherFromBeingClosed() throws Exception {
    var fault = new IllegalStateException("on purpose");
    List<Integer> closed = new CopyOnWriteArrayList<>();
    for (int round = 0; round < 2; round++) {
      int first = 10 * round;
      loop.events
          .submit(
              () -> {
                loop.closeLater(() -> closed.add(first));
                loop.closeLater(
                    () -> {
                      throw fault;
                    });
                loop.closeLater(() -> loop.closeLater(() -> closed.add(first + 2)));
                loop.closeLater(() -> closed.add(first + 1));
              })
          .get();
      loop.events.submit(() -> {}).get(); // by when all but the last are
      loop.events.submit(() -> {}).get();
    }
    assertThat(closed).containsExactly(0, 1, 2, 10, 11, 12);
    assertThat(faults).containsExactly(fault, fault);
  }
}
