package dev.azimuth.app.follow;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;

/** The recursive resolvers that this machine is configured to use. */
public final class SystemResolver {

  private static final Duration EACH = Duration.ofSeconds(2);
  private static final Duration ALL = Duration.ofSeconds(5);
  private static final int RETRIES = 2;

  private SystemResolver() {}

  /**
   * Makes a resolver that asks the machine's servers in turn: 2 s each, 5 s in all. The servers are
   * those of this moment; where none is configured, the one on the loopback address.
   */
  public static Resolver create() {
    List<Resolver> servers =
        new ResolverConfig().servers().stream().<Resolver>map(SystemResolver::server).toList();
    ExtendedResolver resolver = new ExtendedResolver(servers);
    resolver.setTimeout(ALL);
    resolver.setRetries(RETRIES);
    return resolver;
  }

  private static SimpleResolver server(InetSocketAddress address) {
    SimpleResolver server = new SimpleResolver(address);
    server.setTimeout(EACH);
    return server;
  }
}
