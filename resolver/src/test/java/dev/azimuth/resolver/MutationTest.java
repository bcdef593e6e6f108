package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

class MutationTest {
  private static final int PACKETS = 1_000_000;

  /** Parsing replies takes most of the time, so one in so many is parsed. */
  private static final int PARSED = 3;

  private final Asking asking = new Asking(Sample.picture());
  private final Random random = new Random(20_261_121);
  private final List<byte[]> corpus = Corpus.queries();

  @Test
  void noMutatedPacketThrowsOrGetsAReplyThatIsNoMessage() throws IOException {
    int answered = 0;
    for (int i = 0; i < PACKETS; i++) {
      int length = mutate();
      asking.client.stream = (i & 3) == 0;
      int reply =
          asking.responder.respond(asking.in, length, asking.client, asking.picture, asking.out);
      if (reply == 0) {
        assertThat(length < 12 || asking.in[2] < 0).isTrue();
        continue;
      }
      answered++;
      assertThat(asking.out[0] == asking.in[0] && asking.out[1] == asking.in[1]).isTrue();
      assertThat(asking.out[2]).isNegative();
      if (!asking.client.stream) {
        assertThat(reply).isLessThanOrEqualTo(1232);
      }
      if (i % PARSED == 0) {
        var message = new Message(Arrays.copyOf(asking.out, reply));
        assertThat(message.numBytes()).isEqualTo(reply);
      }
    }
    assertThat(answered).isGreaterThan(PACKETS / 2);
  }

  /** Puts a packet with one to four changes into the buffer; returns its length. */
  private int mutate() {
    byte[] seed = corpus.get(random.nextInt(corpus.size()));
    System.arraycopy(seed, 0, asking.in, 0, seed.length);
    int length = seed.length;
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = length == 0 ? 0 : random.nextInt(length);
      switch (random.nextInt(6)) {
        case 0 -> asking.in[at] = (byte) random.nextInt();
        case 1 -> asking.in[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> length = at;
        case 3 -> length = Math.min(length + 1 + random.nextInt(16), 600);
        case 4 -> asking.in[at] = (byte) (random.nextBoolean() ? 0xC0 : 0xFF);
        default -> {
          int count = random.nextInt(24);
          System.arraycopy(asking.in, random.nextInt(300), asking.in, at, count);
        }
      }
    }
    return length;
  }
}
