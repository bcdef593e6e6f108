package dev.azimuth.balancer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What a client may send before there is a backend. */
class OpeningFuzzTest {
  @FuzzTest
  void everyBeginningOfAClientIsReadOrRefusedForGood(byte[] octets) {
    ByteBuf whole = Unpooled.wrappedBuffer(octets);
    HelloReader.Reading reading = HelloReader.read(whole);
    if (reading == HelloReader.Unread.MORE && octets.length >= HelloReader.LONGEST) {
      throw new AssertionError("more than the longest hello");
    }
    if (reading instanceof ClientHello hello
        && hello.server() != null
        && !hello.server().matches("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*")) {
      throw new AssertionError("a server of the name " + hello.server());
    }
    for (int length = 0; length <= octets.length; length += 1 + length / 16) {
      HelloReader.Reading early = HelloReader.read(Unpooled.wrappedBuffer(octets, 0, length));
      if (early != HelloReader.Unread.MORE && !early.equals(reading)) {
        throw new AssertionError("first " + early + ", then " + reading);
      }
    }
  }

  @FuzzTest
  void everyProxyHeaderIsReadOrRefusedForGood(byte[] octets) {
    ByteBuf whole = Unpooled.wrappedBuffer(octets);
    ProxyReader.Reading reading = ProxyReader.read(whole);
    if (reading == ProxyReader.Unread.MORE && octets.length >= ProxyReader.LONGEST) {
      throw new AssertionError("more than the longest header");
    }
    if (reading instanceof ProxyReader.Header header
        && (header.length() > octets.length || header.length() > ProxyReader.LONGEST)) {
      throw new AssertionError("a header of " + header.length() + " octets");
    }
    for (int length = 0; length <= Math.min(octets.length, 600); length++) {
      ProxyReader.Reading early = ProxyReader.read(Unpooled.wrappedBuffer(octets, 0, length));
      if (early != ProxyReader.Unread.MORE && !early.equals(reading)) {
        throw new AssertionError("first " + early + ", then " + reading);
      }
    }
  }
}
