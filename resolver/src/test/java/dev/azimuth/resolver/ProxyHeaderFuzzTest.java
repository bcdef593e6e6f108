package dev.azimuth.resolver;

import com.code_intelligence.jazzer.junit.FuzzTest;

class ProxyHeaderFuzzTest {
  private final ProxyHeader header = new ProxyHeader();

  @FuzzTest
  void everyBeginningOfAStreamEndsInOneOfThreeWays(byte[] octets) {
    int stream = header.readStream(octets, octets.length);
    if (stream < ProxyHeader.MALFORMED || stream > Math.min(octets.length, ProxyHeader.LONGEST)) {
      throw new AssertionError("a header of " + stream + " octets");
    }
    int datagram = header.readDatagram(octets, octets.length);
    boolean first = octets.length > 0 && octets[0] == 'P';
    int expected = first || stream == ProxyHeader.MORE ? ProxyHeader.MALFORMED : stream;
    if (datagram != expected) {
      throw new AssertionError("a header of " + datagram + " octets in a datagram");
    }
  }
}
