package dev.azimuth.bench;

import dev.azimuth.net.DatagramClient;
import dev.azimuth.net.DatagramPort;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Asks a name server over one socket and watches what comes back. A query is known by its ID, so at
 * most {@value #IDS} are under way. For one thread.
 */
final class Load {
  /** What a query that has no answer after so long counts as. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int IDS = 1 << 16;
  private static final int NOTHING = -1;
  private static final int MIN_ANSWER = 12;

  private final DatagramClient client;
  private final byte[][] queries;
  private final LongSupplier nanoTime;
  private final Latencies latencies = new Latencies();
  private final long[] sentAt = new long[IDS];
  private final byte[] buffer = new byte[DatagramPort.PAYLOAD];
  private long sent;
  private long answered;
  private long unhelpful;
  private int underWay;

  /**
   * What became of the queries of a run.
   *
   * @param lost those without an answer after one second
   * @param unhelpful answers whose rcode is not NOERROR or that hold no record
   * @param nanos from the first query to the last answer
   */
  record Outcome(
      long sent, long answered, long lost, long unhelpful, long nanos, Latencies latencies) {

    /** One line of {@code key=value} words. */
    String words() {
      double seconds = nanos / 1e9;
      return String.format(
          Locale.ROOT,
          "sent=%d answers=%d lost=%d unhelpful=%d seconds=%.3f rate=%.0f"
              + " p50_us=%d p99_us=%d p999_us=%d max_us=%d",
          sent,
          answered,
          lost,
          unhelpful,
          seconds,
          answered / seconds,
          latencies.quantile(0.5) / 1000,
          latencies.quantile(0.99) / 1000,
          latencies.quantile(0.999) / 1000,
          latencies.max() / 1000);
    }
  }

  /**
   * @param queries packets, asked in turn; their first two octets are overwritten
   */
  Load(DatagramClient client, List<byte[]> queries, LongSupplier nanoTime) {
    this.client = client;
    this.queries = queries.toArray(byte[][]::new);
    this.nanoTime = nanoTime;
    Arrays.fill(sentAt, NOTHING);
  }

  /**
   * Keeps so many queries under way: as fast as the server answers.
   *
   * @param outstanding 1 to 32768
   */
  Outcome closed(int outstanding, long nanos) throws IOException {
    long start = nanoTime.getAsLong();
    long now = start;
    while (now - start < nanos) {
      ask(outstanding - underWay, now);
      if (take(true) == 0) {
        forget(nanoTime.getAsLong());
      }
      now = nanoTime.getAsLong();
    }
    return finish(start);
  }

  /**
   * Sends at a steady rate, whatever comes back. The latency of a query counts from when it was
   * due, so that a stall of the server or of this side is not hidden.
   *
   * @param perSecond 1 to 32768
   */
  Outcome paced(int perSecond, long nanos) throws IOException {
    long start = nanoTime.getAsLong();
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long due = start;
    while (due - start < nanos) {
      long now = nanoTime.getAsLong();
      while (due <= now && due - start < nanos) {
        ask(1, due);
        due += interval;
      }
      if (take(false) == 0) {
        LockSupport.parkNanos(Math.min(50_000, due - nanoTime.getAsLong()));
      }
    }
    return finish(start);
  }

  /** Whether a packet is an answer with NOERROR and at least one record. */
  static boolean helpful(byte[] packet, int length) {
    return length >= MIN_ANSWER && (packet[3] & 0x0F) == 0 && (packet[6] | packet[7]) != 0;
  }

  private Outcome finish(long start) throws IOException {
    long end = nanoTime.getAsLong();
    long last = end;
    while (underWay > 0 && nanoTime.getAsLong() - end < LOST_NANOS) {
      if (take(true) > 0) {
        last = nanoTime.getAsLong();
      }
    }
    return new Outcome(sent, answered, sent - answered, unhelpful, last - start, latencies);
  }

  private void ask(int count, long at) throws IOException {
    for (int i = 1; i <= count; i++) {
      int id = (int) sent & (IDS - 1);
      if (sentAt[id] != NOTHING) {
        underWay--; // never answered, and its ID comes round again
      }
      byte[] query = queries[(int) (sent % queries.length)];
      query[0] = (byte) (id >> 8);
      query[1] = (byte) id;
      client.put(query, query.length);
      sentAt[id] = at;
      sent++;
      underWay++;
      if (i % DatagramClient.BATCH == 0 || i == count) {
        client.flush();
      }
    }
  }

  private int take(boolean wait) throws IOException {
    int count = client.receive(wait);
    if (count == 0) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    for (int i = 0; i < count; i++) {
      int length = client.copy(i, buffer);
      int id = ((buffer[0] & 0xFF) << 8) | (buffer[1] & 0xFF);
      if (length < MIN_ANSWER || sentAt[id] == NOTHING) {
        continue; // a second answer, or none of ours
      }
      latencies.record(Math.max(0, now - sentAt[id]));
      sentAt[id] = NOTHING;
      underWay--;
      answered++;
      if (!helpful(buffer, length)) {
        unhelpful++;
      }
    }
    return count;
  }

  /** Gives up what is lost, so that a closed loop goes on. */
  private void forget(long now) {
    for (int id = 0; id < IDS && underWay > 0; id++) {
      if (sentAt[id] != NOTHING && now - sentAt[id] > LOST_NANOS) {
        sentAt[id] = NOTHING;
        underWay--;
      }
    }
  }
}
