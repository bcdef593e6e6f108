package dev.azimuth.app.host;

import dev.azimuth.net.BindFailure;
import dev.azimuth.steering.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;

/** Says why an address and port cannot be had, and what can be done. */
public final class PortTrouble {
  private static final Path PROC = Path.of("/proc");

  private PortTrouble() {}

  /**
   * Who has it, where that can be seen; else what most likely is in the way.
   *
   * @return one or more lines
   */
  public static String explain(BindFailure failure) {
    InetSocketAddress address = failure.address();
    PortHolder holders = new PortHolder(PROC);
    return holders.taken(failure.protocol(), address)
        ? holders.explain(failure.protocol(), address)
        : "%s port %d on %s: %s%s"
            .formatted(
                failure.protocol(),
                address.getPort(),
                Addresses.text(address.getAddress()),
                failure.why(),
                hint(address));
  }

  private static String hint(InetSocketAddress address) {
    try {
      InetAddress local = address.getAddress();
      if (!local.isAnyLocalAddress()
          && !local.isLoopbackAddress()
          && NetworkInterface.getByInetAddress(local) == null) {
        return "; this machine does not have that address";
      }
    } catch (SocketException e) {
      // Then the interfaces cannot be asked.
    }
    return address.getPort() < 1024
        ? "; a port below 1024 needs root or CAP_NET_BIND_SERVICE, as deploy/azimuth.service gives it"
        : "";
  }
}
