package dev.azimuth.app.querylog;

import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.config.ServerConfig.LogFormat;
import dev.azimuth.app.config.ServerConfig.LogTarget;
import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.metrics.QueryLogCounts;
import dev.azimuth.resolver.Identity;
import dev.azimuth.resolver.QueryDnstap;
import dev.azimuth.resolver.QueryFormat;
import dev.azimuth.resolver.QueryJson;
import dev.azimuth.resolver.QueryLog;
import dev.azimuth.resolver.QueryText;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the query log as the configuration says: one thread while it is on, none while it is off.
 * Nothing that becomes of a file or a connection stops the node. Safe for use by several threads.
 */
public final class QueryLogWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** How long a program that takes the log may take over anything. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String version;
  private final IntFunction<String> backends;
  private final LongAdder written = new LongAdder();
  private final LongAdder lost = new LongAdder();

  /** Whether this process may make files anew, rather than a successor. */
  private volatile boolean ours = true;

  private volatile @Nullable QueryLog log;
  private volatile @Nullable QueryLogDrain drain;
  private ServerConfig.@Nullable QueryLog wanted; // guarded by this
  private Identity identity = Identity.NONE; // guarded by this

  /**
   * @param version of the server, as dnstap tells it
   * @param backends from the slot of a backend to its {@code pool/backend}, for any thread
   */
  public QueryLogWriter(String version, IntFunction<String> backends) {
    this.version = version;
    this.backends = backends;
  }

  /**
   * Logs as a configuration says from now on. What was recorded before still goes where it was to
   * go; waits for that for about a second.
   *
   * @param from what the workers record
   * @param next null for nothing
   * @param who the server, as dnstap tells it
   */
  public synchronized void adopt(
      QueryLog from, ServerConfig.@Nullable QueryLog next, Identity who) {
    boolean sameIdentity =
        next == null || next.format() != LogFormat.DNSTAP || identity.equals(who);
    if (Objects.equals(wanted, next) && sameIdentity) {
      return;
    }
    wanted = next;
    identity = who;
    log = from;
    if (next == null) {
      from.sample(0);
    }
    stop();
    if (next != null) {
      var started =
          new QueryLogDrain(
              from,
              format(next, who),
              next.cutClients(),
              backends,
              opener(next),
              words(next),
              written,
              lost);
      drain = started;
      started.start();
      from.sample(next.every());
    }
  }

  /** Whether this process may make files anew that were moved away; true at first. */
  public void ours(boolean yes) {
    ours = yes;
  }

  /** Why the log is not written now; null when it is, and where there is none. */
  public @Nullable String trouble() {
    QueryLogDrain running = drain;
    return running == null ? null : running.trouble();
  }

  /** What became of the records since the process began. */
  public QueryLogCounts counts() {
    QueryLog from = log;
    QueryLogDrain running = drain;
    return new QueryLogCounts(
        running != null,
        running != null && running.connected(),
        written.sum(),
        from == null ? 0 : from.dropped(),
        lost.sum());
  }

  /** Writes what is recorded, within about a second, and ends. */
  @Override
  public synchronized void close() {
    wanted = null;
    QueryLog from = log;
    if (from != null) {
      from.sample(0);
    }
    stop();
  }

  private void stop() {
    QueryLogDrain running = drain;
    if (running != null) {
      drain = null;
      running.close();
    }
  }

  private QueryFormat format(ServerConfig.QueryLog as, Identity who) {
    return switch (as.format()) {
      case TEXT -> new QueryText();
      case JSON -> new QueryJson();
      case DNSTAP -> {
        var dnstap = new QueryDnstap(who, version);
        yield record -> dnstap.write(record).stream().map(FrameStream::frame).toList();
      }
    };
  }

  private Sink.Opener opener(ServerConfig.QueryLog as) {
    boolean frames = as.format() == LogFormat.DNSTAP;
    return switch (as.to()) {
      case LogTarget.File(Path path) -> () -> file(path, frames);
      case LogTarget.Unix(Path path) -> () -> peer(UnixDomainSocketAddress.of(path), frames);
      case LogTarget.Tcp(InetSocketAddress at) -> () -> peer(at, frames);
    };
  }

  private Sink file(Path path, boolean frames) throws IOException {
    Sink file = FileSink.open(path, frames, () -> ours);
    return frames ? FrameStream.toFile(file, QueryDnstap.CONTENT_TYPE) : file;
  }

  private static Sink peer(SocketAddress at, boolean frames) throws IOException {
    SocketChannel channel =
        at instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    SocketSink peer = SocketSink.connect(channel, at, PATIENCE);
    return frames ? FrameStream.toPeer(peer, QueryDnstap.CONTENT_TYPE) : peer;
  }

  private static String words(ServerConfig.QueryLog as) {
    return switch (as.to()) {
      case LogTarget.File(Path path) -> path.toString();
      case LogTarget.Unix(Path path) -> "unix " + path;
      case LogTarget.Tcp(InetSocketAddress at) -> "tcp " + Addresses.text(at);
    };
  }

  static void tell(String what, @Nullable IOException why) {
    if (why == null) {
      LOG.info("query log: writing to {}", what);
    } else {
      LOG.warn("query log: {} does not take it, trying again: {}", what, IoWords.of(why));
    }
  }

  static void fault(RuntimeException fault) {
    LOG.error("query log: a record could not be written", fault);
  }
}
