package dev.azimuth.net;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The replies to one batch, on their way out. Those to one socket, from the same address, join:
 * they leave as one message, which the kernel cuts into datagrams again ({@code UDP_SEGMENT}, see
 * udp(7)) and which costs it little more than one of them. All but the last are of one length, and
 * what they have together fits where the first one stands.
 *
 * <p>Whatever keeps the kernel from cutting, the very same replies then leave one by one. It
 * refuses some messages only, such as those with segments longer than the device takes; where it
 * cannot do it at all, nothing is joined any more.
 */
final class Replies {
  private static final int HINT_BITS = 6;

  /** Spreads what tells senders apart over the upper bits (Fibonacci hashing). */
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  /** No message has this number. */
  private static final byte NONE = DatagramPort.BATCH;

  private final MessageBatch batch;
  private final boolean withControl;
  private boolean joining;

  /** How many messages are queued. */
  private int queued;

  /** How many replies they have, and how many of those are not alone in theirs. */
  private int replies;

  private int together;

  /** Of each message: the index of its first reply, how long that is, how long all are. */
  private final int[] first = new int[DatagramPort.BATCH];

  private final int[] segment = new int[DatagramPort.BATCH];
  private final int[] octets = new int[DatagramPort.BATCH];

  /** As bits: messages that have several replies, headers that are not as for a receive. */
  private int several;

  private int altered;

  /**
   * Which message may be to a sender, by a hash of that. It may be of a batch before: the message
   * itself tells.
   */
  private final byte[] hints = new byte[1 << HINT_BITS];

  private long joined;
  private long unsent;

  /**
   * @param withControl whether the batch receives with control data
   * @param joining whether the kernel has {@code UDP_SEGMENT}
   */
  Replies(MessageBatch batch, boolean withControl, boolean joining) {
    this.batch = batch;
    this.withControl = withControl;
    this.joining = joining;
  }

  /** Makes the headers ready to receive again. */
  void begin() {
    for (int left = altered; left != 0; left &= left - 1) {
      batch.prepareOne(Integer.numberOfTrailingZeros(left), withControl);
    }
    altered = 0;
    several = 0;
    queued = 0;
    replies = 0;
    together = 0;
  }

  /**
   * Queues the reply to a received message.
   *
   * @param index above those before
   */
  void add(int index, byte[] from, int length) {
    replies++;
    if (joining) {
      int hint = (int) ((batch.senderMark(index) * SPREAD) >>> -HINT_BITS);
      int message = hints[hint];
      if (message < queued && takes(message, index, length)) {
        join(message, from, length);
        if (length < segment[message]) {
          hints[hint] = NONE;
        }
        return;
      }
      hints[hint] = (byte) queued;
    }
    batch.reply(index, queued, from, length, withControl);
    if (queued != index) {
      altered |= 1 << queued;
    }
    first[queued] = index;
    segment[queued] = length;
    octets[queued] = length;
    queued++;
  }

  private boolean takes(int message, int index, int length) {
    return batch.sameSender(first[message], index)
        && length <= segment[message]
        && octets[message] + length <= DatagramPort.PAYLOAD
        && (!withControl || batch.sameAddressAsked(first[message], index));
  }

  private void join(int message, byte[] from, int length) {
    if (octets[message] == segment[message]) {
      batch.segment(first[message], message, segment[message]);
      several |= 1 << message;
      altered |= 1 << message;
      together++;
    }
    batch.append(first[message], octets[message], from, length);
    octets[message] += length;
    together++;
  }

  /**
   * Sends what is queued, without waiting.
   *
   * @return how many replies were sent
   * @throws IOException when the socket can no longer be used
   */
  int send(NativeSocket socket) throws IOException {
    int end = queued;
    int left = replies;
    queued = 0;
    replies = 0;
    for (int at = 0; at < end; ) {
      int result = socket.send(batch.from(at), end - at, SocketDescriptor.MSG_DONTWAIT);
      if (result > 0) {
        at += result;
      } else if (result != -SocketDescriptor.EINTR) {
        // A short count hides why it ended; the error comes when the failing message is the first.
        NativeSocket.throwIfBroken(result);
        int lost = ((several >>> at) & 1) == 0 ? 1 : sendOneByOne(at, result, socket);
        unsent += lost;
        left -= lost;
        at++;
      }
    }
    joined += together;
    together = 0;
    return left;
  }

  /**
   * Sends the replies of a message that the kernel did not take.
   *
   * @return how many it did not take either
   */
  private int sendOneByOne(int message, int error, NativeSocket socket) throws IOException {
    int sent = 0;
    int lost = 0;
    for (int at = 0; at < octets[message]; at += segment[message]) {
      int length = Math.min(segment[message], octets[message] - at);
      MemorySegment alone = batch.alone(first[message], message, at, length);
      int result;
      do {
        result = socket.send(alone, 1, SocketDescriptor.MSG_DONTWAIT);
      } while (result == -SocketDescriptor.EINTR);
      if (result > 0) {
        sent++;
      } else {
        NativeSocket.throwIfBroken(result);
        lost++;
      }
    }
    together -= sent + lost;
    // What the kernel takes neither way says nothing of the cutting: a stranger may choose where
    // to.
    joining &= sent == 0 || !isLasting(error);
    return lost;
  }

  /** Whether what was refused once will be refused again. */
  private static boolean isLasting(int error) {
    return switch (-error) {
      // A device that computes no checksums, IPsec; a kernel or a filter that knows no such thing.
      case SocketDescriptor.EIO,
          SocketDescriptor.EINVAL,
          SocketDescriptor.ENOPROTOOPT,
          SocketDescriptor.EOPNOTSUPP ->
          true;
      default -> false; // an errno is an open set
    };
  }

  /** Replies that left together with others, since the beginning. */
  long joined() {
    return joined;
  }

  /** Replies that the kernel did not take, since the beginning. */
  long unsent() {
    return unsent;
  }
}
