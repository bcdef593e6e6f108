package dev.azimuth.e2e;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace of Linux: another host, with a cable between it and this one. Skips the test
 * where there cannot be one.
 */
final class Namespace implements AutoCloseable {
  private static final String CABLE = "cable";

  private final String name;
  private final InetAddress address;

  /**
   * @param number of the host, 0 to 63; different ones at the same time
   */
  Namespace(int number) throws IOException {
    // Nobody else has these addresses (RFC 2544 section C.2.2).
    String network = "198.18.77.";
    name = "azimuth-" + ProcessHandle.current().pid() + "-" + number;
    address = InetAddress.ofLiteral(network + (4 * number + 2));
    String here = "az" + ProcessHandle.current().pid() % 1_000_000 + "n" + number;
    String refused = tried("netns", "add", name);
    assumeThat(refused).as("network namespaces").isEmpty();
    try {
      ip("link", "add", here, "type", "veth", "peer", "name", CABLE, "netns", name);
      ip("addr", "add", network + (4 * number + 1) + "/30", "dev", here);
      ip("link", "set", here, "up");
      ip("-n", name, "addr", "add", address.getHostAddress() + "/30", "dev", CABLE);
      ip("-n", name, "link", "set", "lo", "up");
      mend();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** At which it is reached. */
  InetAddress address() {
    return address;
  }

  /** A command that is to run there. */
  List<String> inside(List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(command);
    return all;
  }

  /** Takes the cable out, of which nobody is told. */
  void sever() throws IOException {
    ip("-n", name, "link", "set", CABLE, "down");
  }

  void mend() throws IOException {
    ip("-n", name, "link", "set", CABLE, "up");
  }

  private static void ip(String... arguments) throws IOException {
    String refused = tried(arguments);
    if (!refused.isEmpty()) {
      throw new IOException("ip " + String.join(" ", arguments) + ": " + refused);
    }
  }

  /** What it says when it does not do it; else empty. */
  private static String tried(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said.isBlank() ? "no reason given" : said.strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (IOException e) {
      return "there is no ip: " + e.getMessage();
    }
  }

  @Override
  public void close() throws IOException {
    ip("netns", "del", name); // and the cable with it
  }
}
