package dev.azimuth.resolver;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import org.xbill.DNS.Message;

class ResponderFuzzTest {
  private static final Picture PICTURE = Sample.picture();

  @FuzzTest
  void everyPacketEndsInSilenceOrAMessage(byte[] packet) throws IOException {
    var asking = new Asking(PICTURE);
    int length = Math.min(packet.length, asking.in.length);
    byte[] reply = asking.raw(Arrays.copyOf(packet, length));
    if (reply.length > 0) {
      var message = new Message(reply);
      if (message.numBytes() != reply.length || reply.length > ResponseWriter.DATAGRAM) {
        throw new AssertionError("a reply of " + reply.length + " octets");
      }
    }
  }
}
