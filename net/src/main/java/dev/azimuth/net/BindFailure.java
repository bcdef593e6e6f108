package dev.azimuth.net;

import java.net.BindException;
import java.net.InetSocketAddress;

/** An address and port that cannot be had: in use, not of this machine, or not permitted. */
public final class BindFailure extends BindException {
  private static final long serialVersionUID = 1L;

  private final Protocol protocol;
  private final InetSocketAddress address;
  private final String why;

  /**
   * @param why in words, without the address
   */
  public BindFailure(Protocol protocol, InetSocketAddress address, String why) {
    super("%s address %s: %s".formatted(protocol, DatagramPorts.text(address), why));
    this.protocol = protocol;
    this.address = address;
    this.why = why;
  }

  /**
   * @param cause whose message says why
   */
  public BindFailure(Protocol protocol, InetSocketAddress address, Throwable cause) {
    this(protocol, address, String.valueOf(cause.getMessage()));
    initCause(cause);
  }

  /** What was to be listened on with. */
  public Protocol protocol() {
    return protocol;
  }

  /** Why it cannot be had, in words without the address. */
  public String why() {
    return why;
  }

  /** What was asked for. */
  public InetSocketAddress address() {
    return address;
  }
}
