package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import dev.azimuth.net.DatagramPort;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks a server of its own again and again until an answer is what it should be. */
final class AnswerWatch {
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final DatagramClient client;
  private final Server process;
  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];

  /** Whether an address, the last four octets of a reply, is the one that is waited for. */
  interface Wanted {
    boolean is(int firstOctet, int lastOctet);
  }

  AnswerWatch(DatagramClient client, Server process) {
    this.client = client;
    this.process = process;
  }

  /**
   * @param question a name and a type
   * @return when the answer came, by {@link System#nanoTime}
   */
  long until(String question, Wanted wanted) throws IOException {
    byte[] query = Queries.of(List.of(question), /* edns= */ false).getFirst();
    long start = System.nanoTime();
    while (process.alive() && System.nanoTime() - start < PATIENCE_NANOS) {
      client.put(query, query.length);
      client.flush();
      int count = client.receive(true);
      for (int i = 0; i < count; i++) {
        int length = client.copy(i, buffer);
        if (Load.helpful(buffer, length)
            && wanted.is(buffer[length - 4] & 0xff, buffer[length - 1] & 0xff)) {
          return System.nanoTime();
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new IOException("the answer for " + question + " did not become what it should");
  }
}
