package dev.azimuth.app.host;

import dev.azimuth.net.Protocol;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who has a port that this process could not have, from what Linux shows under {@code /proc}. A
 * guess for a message to the operator, never a reason to do anything.
 */
public final class PortHolder {
  private static final int TCP_LISTEN = 0x0A;

  /** An IPv4 address on an IPv6 socket (RFC 4291, section 2.5.5.2), up to the address itself. */
  private static final String MAPPED =
      written(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}).substring(0, 24);

  private final Path proc;

  /**
   * @param proc where the process file system is mounted
   */
  public PortHolder(Path proc) {
    this.proc = proc;
  }

  /**
   * A process.
   *
   * @param command what it was started as
   */
  public record Holder(long pid, String command) {}

  /**
   * What to tell an operator whose address is in use: who has it and what can be done.
   *
   * @return one or more lines
   */
  public String explain(Protocol protocol, InetSocketAddress address) {
    String where =
        "%s port %d on %s"
            .formatted(protocol, address.getPort(), Addresses.text(address.getAddress()));
    Optional<Holder> holder = find(protocol, address);
    if (holder.isEmpty()) {
      return where
          + " is in use, by a process that this one may not see; as root: ss -lnp sport = :"
          + address.getPort();
    }
    if (holder.get().pid() == ProcessHandle.current().pid()) {
      return where
          + " is in use by this node itself: a listener of its own on all addresses, or on one of"
          + " them, is in the way; use another port, or restart the node";
    }
    String text =
        "%s is in use by %s (pid %d)".formatted(where, holder.get().command(), holder.get().pid());
    return holder.get().command().contains("systemd-resolve")
        ? text
            + """
            .
            It only needs its stub listener on 127.0.0.53 and .54. Either listen on this machine's own
            addresses instead of 0.0.0.0 and [::], or turn the stub off:
              mkdir -p /etc/systemd/resolved.conf.d
              printf '[Resolve]\\nDNSStubListener=no\\n' > /etc/systemd/resolved.conf.d/azimuth.conf
              systemctl restart systemd-resolved
              ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf"""
        : text + ": stop it, or listen on another address or port";
  }

  /** Whether a socket is in the way of this address, whoever has it. */
  public boolean taken(Protocol protocol, InetSocketAddress address) {
    return !inodes(protocol, address).isEmpty();
  }

  /** The process that has a socket which is in the way of this address, if it can be seen. */
  public Optional<Holder> find(Protocol protocol, InetSocketAddress address) {
    Set<String> inodes = inodes(protocol, address);
    return inodes.isEmpty() ? Optional.empty() : owner(inodes);
  }

  private Set<String> inodes(Protocol protocol, InetSocketAddress address) {
    var inodes = new HashSet<String>();
    // As /proc/net names its tables.
    String table = protocol.name().toLowerCase(Locale.ROOT);
    for (String name : List.of(table, table + "6")) {
      try (Stream<String> lines = Files.lines(proc.resolve("net").resolve(name))) {
        lines
            .skip(1)
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields.length > 9 && inTheWay(fields, protocol, address))
            .forEach(fields -> inodes.add(fields[9]));
      } catch (IOException | UncheckedIOException e) {
        // Not Linux, or no such family: nothing to see.
      }
    }
    return inodes;
  }

  /** Fields: number, local address, remote address, state, …; the tenth is the inode. */
  private static boolean inTheWay(String[] fields, Protocol protocol, InetSocketAddress address) {
    int colon = fields[1].indexOf(':');
    if (colon < 0 || Integer.parseInt(fields[1].substring(colon + 1), 16) != address.getPort()) {
      return false;
    }
    if (protocol == Protocol.TCP && Integer.parseInt(fields[3], 16) != TCP_LISTEN) {
      return false;
    }
    String local = fields[1].substring(0, colon);
    InetAddress wanted = address.getAddress();
    return wanted.isAnyLocalAddress()
        || local.matches("0+")
        || local.equals(written(wanted.getAddress()))
        || local.equals(MAPPED + written(wanted.getAddress()));
  }

  /** As {@code /proc/net} writes an address: words of four octets, each in the host's order. */
  static String written(byte[] address) {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    var text = new StringBuilder(address.length * 2);
    for (int word = 0; word < address.length; word += 4) {
      for (int i = 0; i < 4; i++) {
        text.append(String.format("%02X", address[word + (little ? 3 - i : i)]));
      }
    }
    return text.toString();
  }

  private Optional<Holder> owner(Set<String> inodes) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (has(process, inodes)) {
          return Optional.of(
              new Holder(Long.parseLong(process.getFileName().toString()), command(process)));
        }
      }
    } catch (IOException e) {
      // Not Linux: nothing to see.
    }
    return Optional.empty();
  }

  private static boolean has(Path process, Set<String> inodes) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (isSocket(descriptor, inodes)) {
          return true;
        }
      }
    } catch (IOException e) {
      // Somebody else's process, or one that has just ended.
    }
    return false;
  }

  private static boolean isSocket(Path descriptor, Set<String> inodes) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("socket:[")
          && inodes.contains(target.substring("socket:[".length(), target.length() - 1));
    } catch (IOException e) {
      return false;
    }
  }

  private static String command(Path process) {
    try {
      return Printable.of(Files.readString(process.resolve("comm")).strip());
    } catch (IOException e) {
      return "a process";
    }
  }
}
