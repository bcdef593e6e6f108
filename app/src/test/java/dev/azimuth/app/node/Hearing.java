package dev.azimuth.app.node;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a keeper tells. */
final class Hearing implements Keeper.Listener {
  final List<String> told = new CopyOnWriteArrayList<>();

  @Override
  public void notKept(String why) {
    told.add(why);
  }

  @Override
  public void keptAfterAll(String what) {
    told.add(what);
  }

  @Override
  public void fault(RuntimeException fault) {
    told.add(fault.toString());
  }
}
