package dev.azimuth.balancer;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings to be: {@link Lab#settings} but for what is changed. */
final class Draft {
  private final Settings base = Lab.settings();
  String name = base.name();
  List<Listen> listen = base.listen();
  Settings.Pick pick = base.pick();
  List<Settings.Match> matches = base.matches();
  Settings.Access access = base.access();
  Settings.Limits limits = base.limits();
  Settings.Times times = base.times();
  List<InetAddress> source = base.source();
  int tries = base.tries();
  Settings.Passive passive = base.passive();
  Settings.WhenDown whenDown = base.whenDown();
  Settings.ProxyHeader send = base.send();
  Settings.@Nullable Termination tls;
  Settings.@Nullable Onward onward;

  /** How long connecting, what comes first, and a connection of which half is closed may take. */
  void hurry(Duration longest) {
    times =
        new Settings.Times(
            longest,
            times.queue(),
            longest,
            times.idle(),
            longest,
            times.age(),
            times.drain(),
            times.keepAlive(),
            times.user());
  }

  /** How long a connection may be without an octet. */
  void idle(Duration longest) {
    times =
        new Settings.Times(
            times.connect(),
            times.queue(),
            times.first(),
            longest,
            times.halfClosed(),
            times.age(),
            times.drain(),
            times.keepAlive(),
            times.user());
  }

  /** How long waiting for a place at a backend, a whole connection, and draining may take. */
  void bound(Duration queue, Duration age, Duration drain) {
    times =
        new Settings.Times(
            times.connect(),
            queue,
            times.first(),
            times.idle(),
            times.halfClosed(),
            age,
            drain,
            times.keepAlive(),
            times.user());
  }

  /** How long the system bears silence, and octets that nobody acknowledges. */
  void endure(Duration keepAlive, Duration user) {
    times =
        new Settings.Times(
            times.connect(),
            times.queue(),
            times.first(),
            times.idle(),
            times.halfClosed(),
            times.age(),
            times.drain(),
            keepAlive,
            user);
  }

  Settings settings() {
    return new Settings(
        name,
        listen,
        pick,
        matches,
        access,
        limits,
        times,
        source,
        tries,
        passive,
        base.panic(),
        whenDown,
        send,
        tls,
        onward,
        base.log());
  }
}
