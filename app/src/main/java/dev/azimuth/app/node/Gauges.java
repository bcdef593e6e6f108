package dev.azimuth.app.node;

import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.host.LogQueue;
import dev.azimuth.app.metrics.GeoSource;
import dev.azimuth.app.metrics.NodeSource;
import dev.azimuth.app.metrics.QueryLogCounts;
import dev.azimuth.resolver.DnsServer;
import java.time.Instant;

/** The node as its metrics show it. */
final class Gauges implements NodeSource {
  private final NodeRuntime node;

  Gauges(NodeRuntime node) {
    this.node = node;
  }

  @Override
  public long generation() {
    Published now = node.published();
    return now == null ? 0 : now.generation();
  }

  @Override
  public long workerAllocated() {
    DnsServer open = node.server();
    return open == null ? 0 : open.allocatedBytes();
  }

  @Override
  public boolean frozen() {
    Published now = node.published();
    return now != null && now.orders().freeze() != null;
  }

  @Override
  public boolean rejected() {
    return node.reloading().rejected() != null;
  }

  @Override
  public int zones() {
    return node.reloading().zones().size();
  }

  @Override
  public int zonesRejected() {
    return (int)
        node.reloading().zones().values().stream().filter(data -> data.rejected() != null).count();
  }

  @Override
  public int forced() {
    Published now = node.published();
    return now == null ? 0 : now.orders().forced().size();
  }

  @Override
  public boolean kept() {
    return node.keeper().notKept() == null;
  }

  @Override
  public long logLinesDropped() {
    return LogQueue.dropped();
  }

  @Override
  public GeoSource geo() {
    GeoData geo = node.reloading().geo();
    long now = Instant.now().getEpochSecond();
    return new GeoSource(
        geo.files().stream()
            .map(
                file ->
                    new GeoSource.Database(
                        file.name(),
                        file.type(),
                        file.built().getEpochSecond(),
                        now - file.built().getEpochSecond()))
            .toList(),
        geo.rejected() != null);
  }

  @Override
  public QueryLogCounts queryLog() {
    return node.queryLog().counts();
  }
}
