package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Watches every buffer of Netty's for one that is forgotten before it is released. */
final class Leaks implements AutoCloseable {
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final List<String> reports = new CopyOnWriteArrayList<>();

  Leaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> reports.add(records));
    collect(); // what others forgot before is theirs
    reports.clear();
  }

  /** Forgets a buffer, until that is reported: by then so is all that was forgotten before. */
  private void collect() {
    String mark = "forgotten " + UUID.randomUUID();
    Unpooled.directBuffer(1).touch(mark);
    await()
        .until(
            () -> {
              System.gc();
              Unpooled.directBuffer(1).release(); // upon which the detector looks
              return reports.removeIf(report -> report.contains(mark));
            });
  }

  @Override
  public void close() {
    collect();
    ByteBufUtil.setLeakListener(null);
    ResourceLeakDetector.setLevel(before);
    assertThat(reports).isEmpty();
  }
}
