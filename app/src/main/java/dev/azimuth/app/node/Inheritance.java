package dev.azimuth.app.node;

import dev.azimuth.app.querylog.QueryLogWriter;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.HandedListener;
import java.io.IOException;
import java.util.List;

/** What a node hands over to its successor, out of its parts. */
final class Inheritance implements Predecessor.Estate {
  private final DnsServer server;
  private final Balancing balancing;
  private final Operations operations;
  private final Reloading reloading;
  private final Keeper keeper;
  private final Tenure tenure;
  private final QueryLogWriter queryLog;
  private final Runnable retire;

  /**
   * @param retire ends the node; the successor answers
   */
  Inheritance(
      DnsServer server,
      Balancing balancing,
      Operations operations,
      Reloading reloading,
      Keeper keeper,
      Tenure tenure,
      QueryLogWriter queryLog,
      Runnable retire) {
    this.server = server;
    this.balancing = balancing;
    this.operations = operations;
    this.reloading = reloading;
    this.keeper = keeper;
    this.tenure = tenure;
    this.queryLog = queryLog;
    this.retire = retire;
  }

  @Override
  public List<HandedListener> prepare() throws IOException {
    List<HandedListener> handed = server.handOver();
    operations.suspend();
    reloading.suspend();
    try {
      // The successor reads what is on disk: the newest states, and every order.
      keeper.hold();
      keeper.resume();
      return handed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      handed.forEach(HandedListener::close);
      resume();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public List<BalancerPorts.Handed> balancerPorts() throws IOException {
    return balancing.handOver();
  }

  @Override
  public void resume() {
    reloading.resume();
    operations.resume();
  }

  @Override
  public void release() throws IOException {
    queryLog.ours(false);
    tenure.release();
  }

  @Override
  public boolean takeBack() {
    boolean back = tenure.takeBack();
    queryLog.ours(back);
    return back;
  }

  @Override
  public void retire() {
    retire.run();
  }
}
