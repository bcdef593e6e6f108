package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.net.Protocol;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
  private @TempDir Path proc;

  @BeforeEach
  void littleEndian() {
    assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the tables here are written so");
  }

  @Test
  void namesResolvedAndTheWayOut() throws IOException {
    table("udp", "3500007F:0035 00000000:0000 07 0:0 00:0 0 101 0 4242");
    process(612, "systemd-resolve", "socket:[4242]");
    String text = new PortHolder(proc).explain(Protocol.UDP, address("0.0.0.0", 53));
    assertThat(text)
        .startsWith("UDP port 53 on 0.0.0.0 is in use by systemd-resolve (pid 612)")
        .contains("DNSStubListener=no");
  }

  @Test
  void anotherAddressOrPortOrConnectionIsNotInTheWay() throws IOException {
    table(
        "tcp",
        "3500007F:0035 00000000:0000 0A 0:0 00:0 0 101 0 1",
        "0100007F:0036 00000000:0000 0A 0:0 00:0 0 101 0 2",
        "0100007F:0035 0100007F:9999 01 0:0 00:0 0 101 0 3");
    process(1, "dnsmasq", "socket:[1]", "socket:[2]", "socket:[3]");
    assertThat(new PortHolder(proc).find(Protocol.TCP, address("127.0.0.1", 53))).isEmpty();
    assertThat(new PortHolder(proc).find(Protocol.TCP, address("127.0.0.53", 53)))
        .hasValue(new PortHolder.Holder(1, "dnsmasq"));
  }

  @Test
  void aWildcardIsInTheWayOfEverybody() throws IOException {
    table("udp6", "00000000000000000000000000000000:0035 0:0 07 0:0 00:0 0 0 0 9");
    process(77, "named", "/dev/null", "socket:[9]");
    assertThat(new PortHolder(proc).find(Protocol.UDP, address("192.0.2.1", 53)))
        .hasValue(new PortHolder.Holder(77, "named"));
  }

  @Test
  void nobodyIsToldToStopTheNodeThatAsks() throws IOException {
    table("tcp", "00000000:0035 00000000:0000 0A 0:0 00:0 0 101 0 7");
    process(ProcessHandle.current().pid(), "java", "socket:[7]");
    assertThat(new PortHolder(proc).explain(Protocol.TCP, address("127.0.0.1", 53)))
        .startsWith("TCP port 53 on 127.0.0.1 is in use by this node itself: ")
        .doesNotContain("stop it");
  }

  @Test
  void aSocketOfAProcessThatCannotBeSeenIsInTheWayToo() throws IOException {
    table("tcp", "0100007F:0035 00000000:0000 0A 0:0 00:0 0 101 0 2");
    var holders = new PortHolder(proc);
    assertThat(holders.taken(Protocol.TCP, address("127.0.0.1", 53))).isTrue();
    assertThat(holders.taken(Protocol.UDP, address("127.0.0.1", 53))).isFalse();
    assertThat(holders.taken(Protocol.TCP, address("127.0.0.1", 54))).isFalse();
    assertThat(holders.explain(Protocol.TCP, address("127.0.0.1", 53)))
        .contains("by a process that this one may not see");
  }

  @Test
  void withoutAnyTableItSaysHowToFindOut() {
    assertThat(new PortHolder(proc).explain(Protocol.TCP, address("192.0.2.1", 53)))
        .contains("ss -lnp sport = :53");
  }

  @Test
  void findsThisVeryProcess() throws IOException {
    Path real = Path.of("/proc");
    assumeTrue(Files.exists(real.resolve("net/udp")), "needs Linux's /proc");
    InetAddress here = InetAddress.getLoopbackAddress();
    try (var udp = new DatagramSocket(new InetSocketAddress(here, 0));
        var tcp = new ServerSocket(0, 1, here)) {
      long self = ProcessHandle.current().pid();
      assertThat(
              new PortHolder(real)
                  .find(Protocol.UDP, new InetSocketAddress(here, udp.getLocalPort())))
          .hasValueSatisfying(holder -> assertThat(holder.pid()).isEqualTo(self));
      assertThat(
              new PortHolder(real)
                  .find(Protocol.TCP, new InetSocketAddress(here, tcp.getLocalPort())))
          .hasValueSatisfying(holder -> assertThat(holder.pid()).isEqualTo(self));
    }
  }

  private void table(String name, String... rows) throws IOException {
    var text = new StringBuilder("  sl  local_address rem_address   st\n");
    for (String row : rows) {
      text.append("   0: ").append(row).append(" 2 0000 0\n");
    }
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(proc.resolve("net").resolve(name), text);
  }

  private void process(long pid, String command, String... descriptors) throws IOException {
    Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)).resolve("fd"));
    Files.writeString(folder.resolveSibling("comm"), command + "\n");
    for (int i = 0; i < descriptors.length; i++) {
      Files.createSymbolicLink(folder.resolve(Integer.toString(i)), Path.of(descriptors[i]));
    }
  }

  private static InetSocketAddress address(String text, int port) {
    return new InetSocketAddress(text, port);
  }
}
