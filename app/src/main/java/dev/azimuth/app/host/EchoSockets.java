package dev.azimuth.app.host;

import dev.azimuth.health.Echo;
import dev.azimuth.net.EchoSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * ICMP echo over one socket for each address family, opened when it is first needed. An answer is
 * known by a random number that went with the question, which nobody else can know.
 */
public final class EchoSockets implements Echo, AutoCloseable {
  private static final int RECEIVE_MILLIS = 500;

  private final SecureRandom random = new SecureRandom();
  private final Map<Secret, Runnable> waiting = new ConcurrentHashMap<>();
  private @Nullable EchoSocket v4; // guarded by this
  private @Nullable EchoSocket v6; // guarded by this
  private volatile boolean closed;

  /** No socket is open yet. */
  public EchoSockets() {}

  /** The random number of a question. */
  private record Secret(long high, long low) {
    byte[] octets() {
      return ByteBuffer.allocate(EchoSocket.PAYLOAD).putLong(high).putLong(low).array();
    }

    static Secret of(byte[] octets) {
      ByteBuffer buffer = ByteBuffer.wrap(octets);
      return new Secret(buffer.getLong(), buffer.getLong());
    }
  }

  @Override
  public Question ask(InetAddress to, Runnable answered) throws IOException {
    EchoSocket socket = socket(to instanceof Inet4Address);
    Secret secret = new Secret(random.nextLong(), random.nextLong());
    waiting.put(secret, answered);
    Question question =
        new Question() {
          @Override
          public void again() throws IOException {
            socket.send(to, secret.octets());
          }

          @Override
          public void close() {
            waiting.remove(secret);
          }
        };
    try {
      question.again();
      return question;
    } catch (IOException | RuntimeException failure) {
      question.close();
      throw failure;
    }
  }

  private synchronized EchoSocket socket(boolean ofV4) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    EchoSocket known = ofV4 ? v4 : v6;
    if (known != null) {
      return known;
    }
    EchoSocket opened = EchoSocket.open(ofV4);
    if (ofV4) {
      v4 = opened;
    } else {
      v6 = opened;
    }
    Thread.ofPlatform().daemon().name("echo-" + (ofV4 ? "v4" : "v6")).start(() -> listen(opened));
    return opened;
  }

  private void listen(EchoSocket socket) {
    try {
      while (!closed) {
        byte[] reply = socket.receive(RECEIVE_MILLIS);
        Runnable answered = reply == null ? null : waiting.remove(Secret.of(reply));
        if (answered != null) {
          answered.run();
        }
      }
    } catch (IOException e) {
      // The socket was closed under this thread, which is how it ends.
    }
  }

  /** Closes the sockets; nobody is told of an answer any more. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
    if (v4 != null) {
      v4.close();
    }
    if (v6 != null) {
      v6.close();
    }
  }
}
