package dev.azimuth.app.querylog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Frame Streams, in which dnstap travels: frames with their length before them, and control frames
 * behind a length of 0 (the header file {@code fstrm/control.h} of fstrm). To a file the stream
 * goes one way, START to STOP; over a connection the other side is asked whether it takes this
 * content (READY, ACCEPT), and has received everything (FINISH).
 */
final class FrameStream implements Sink {
  private static final int ACCEPT = 1;
  private static final int START = 2;
  private static final int STOP = 3;
  private static final int READY = 4;
  private static final int FINISH = 5;

  private static final int CONTENT_TYPE = 1;

  /** The longest control frame that is accepted, in octets, as fstrm bounds it. */
  private static final int LONGEST = 512;

  private final Sink sink;
  private final @Nullable SocketSink peer;
  private boolean broken;

  private FrameStream(Sink sink, @Nullable SocketSink peer) {
    this.sink = sink;
    this.peer = peer;
  }

  /** A stream that nobody answers to. */
  static FrameStream toFile(Sink file, String content) throws IOException {
    return begun(new FrameStream(file, null), content);
  }

  /**
   * A stream to a program.
   *
   * @throws IOException when it does not take this content, or does not speak the protocol
   */
  static FrameStream toPeer(SocketSink peer, String content) throws IOException {
    return begun(new FrameStream(peer, peer), content);
  }

  private static FrameStream begun(FrameStream stream, String content) throws IOException {
    try {
      SocketSink asked = stream.peer;
      if (asked != null) {
        asked.write(control(READY, content));
        expect(asked, ACCEPT, content);
      }
      stream.sink.write(control(START, content));
      return stream;
    } catch (IOException e) {
      stream.sink.close();
      throw e;
    }
  }

  /** One frame with its length before it. */
  static byte[] frame(byte[] data) {
    return ByteBuffer.allocate(4 + data.length).putInt(data.length).put(data).array();
  }

  /**
   * A control frame.
   *
   * @param content what the stream holds; null for frames that do not say it
   */
  private static ByteBuffer control(int type, @Nullable String content) {
    byte[] text = content == null ? new byte[0] : content.getBytes(StandardCharsets.US_ASCII);
    int length = content == null ? 4 : 12 + text.length;
    ByteBuffer frame = ByteBuffer.allocate(8 + length).putInt(0).putInt(length).putInt(type);
    if (content != null) {
      frame.putInt(CONTENT_TYPE).putInt(text.length).put(text);
    }
    return frame.flip();
  }

  private static void expect(SocketSink peer, int type, @Nullable String content)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(12);
    peer.read(head);
    head.flip();
    int escape = head.getInt();
    int length = head.getInt();
    if (escape != 0 || length < 4 || length > LONGEST || head.getInt() != type) {
      throw new IOException("the other side does not speak Frame Streams");
    }
    ByteBuffer fields = ByteBuffer.allocate(length - 4);
    peer.read(fields);
    if (content != null && !names(fields.flip(), content)) {
      throw new IOException("the other side does not take " + content);
    }
  }

  /** Whether one of the fields is this content. */
  private static boolean names(ByteBuffer fields, String content) {
    while (fields.remaining() >= 8) {
      int field = fields.getInt();
      int length = fields.getInt();
      if (length < 0 || length > fields.remaining()) {
        return false;
      }
      byte[] value = new byte[length];
      fields.get(value);
      if (field == CONTENT_TYPE && new String(value, StandardCharsets.US_ASCII).equals(content)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void write(ByteBuffer frames) throws IOException {
    try {
      sink.write(frames);
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public boolean stale() {
    return sink.stale();
  }

  @Override
  public void close() throws IOException {
    try {
      if (!broken) {
        sink.write(control(STOP, null));
        if (peer != null) {
          expect(peer, FINISH, null);
        }
      }
    } finally {
      sink.close();
    }
  }
}
