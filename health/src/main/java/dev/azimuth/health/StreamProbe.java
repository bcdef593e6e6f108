package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A probe over one TCP connection: connects, shakes hands where TLS is asked for, and lets a {@link
 * Talk} speak. Every end closes the connection by a reset, but for those that are kept.
 */
final class StreamProbe extends Probe implements Wire.User {
  /** What is being waited for, which decides what a failure is called. */
  private enum Phase {
    CONNECT,
    TLS,
    ANSWER
  }

  final Target target;
  final Means means;
  private final Talk talk;
  private Phase phase = Phase.CONNECT;
  private @Nullable Wire wire;
  private boolean reused;
  private boolean whole;
  private @Nullable String warning;
  private int seen; // octets of the answer on the present connection, below all codecs

  StreamProbe(Target target, Means means, Consumer<Finding> owner, Talk talk) {
    super(owner);
    this.target = target;
    this.means = means;
    this.talk = talk;
  }

  @Override
  void begin() {
    Wire kept = means.kept().take(target, this);
    if (kept == null) {
      connect();
      return;
    }
    reused = true;
    wire = kept;
    if (certificateHolds(kept)) {
      speak(kept);
    }
  }

  private void connect() {
    phase = Phase.CONNECT;
    Wire opened = open();
    wire = opened;
    opened.connect(remote());
  }

  private Wire open() {
    try {
      return means.wires().open(target, talk, means, this);
    } catch (ChannelException e) {
      means.kept().makeRoom(); // connections that wait are what is easiest missed
      throw e;
    }
  }

  private InetSocketAddress remote() {
    return new InetSocketAddress(target.address(), target.port());
  }

  @Override
  public void connected(Wire on) {
    if (current(on)) {
      if (target.check().secure() != null) {
        phase = Phase.TLS; // the handler shakes hands itself
      } else {
        speak(on);
      }
    }
  }

  @Override
  public void secured(Wire on) {
    if (!current(on) || phase != Phase.TLS) {
      return; // it shakes hands once more (RFC 5246, section 7.4.1.1), and what was asked was asked
    }
    String wanted = talk.protocol();
    if (wanted != null && !wanted.equals(on.protocol())) {
      end(Finding.of(Code.L6RSP, "the server does not speak " + wanted));
    } else if (certificateHolds(on)) {
      speak(on);
    }
  }

  /** Looks at how long the certificate is valid; a kept connection was made a while ago. */
  private boolean certificateHolds(Wire on) {
    Secure secure = target.check().secure();
    var session = on.session();
    if (secure == null || session == null) {
      return true;
    }
    Certificates.Standing standing = means.certificates().look(target, secure, session);
    if (standing.ended() != null) {
      end(Finding.of(Code.L6RSP, standing.ended()));
      return false;
    }
    warning = standing.warning();
    return true;
  }

  private void speak(Wire on) {
    phase = Phase.ANSWER;
    seen = 0;
    talk.begin(this, on);
  }

  @Override
  public void heard(Wire on, ByteBuf octets) {
    if (!current(on)) {
      return;
    }
    int more = octets.readableBytes();
    Finding finding = talk.heard(octets);
    if (finding != null) {
      decided(finding);
    }
    counted(on, more);
  }

  @Override
  public void counted(Wire on, int octets) {
    if (current(on)) {
      seen += octets;
      if (seen >= Talk.LONGEST) {
        end(talk.flooded());
      }
    }
  }

  @Override
  public void leaving(Wire on) {
    // What has been asked it will still answer.
  }

  /** Takes the finding of a whole answer. */
  void decided(Finding finding) {
    whole = true;
    end(warning != null && finding.code().good() ? finding.and(warning) : finding);
  }

  @Override
  Finding late() {
    Finding standing = talk.standing();
    if (standing != null) {
      return standing;
    }
    if (reused && seen == 0) {
      // Something on the way may have forgotten it; the next probe, soon, uses a new one.
      return Finding.of(Code.INCONCLUSIVE, "no answer on a kept connection");
    }
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4TOUT;
          case TLS -> Code.L6TOUT;
          case ANSWER -> Code.L7TOUT;
        };
    return Finding.of(code, "");
  }

  @Override
  public void ended(Wire on) {
    if (current(on)) {
      brokenOff(
          phase == Phase.TLS
              ? Finding.of(Code.L6RSP, "closed before a whole answer")
              : talk.closed());
    }
  }

  /** Whether the probe is still about this one. */
  private boolean current(Wire one) {
    return !over() && one.equals(wire);
  }

  @Override
  public void failed(Wire on, Throwable cause, boolean ours) {
    if (!current(on)) {
      return;
    }
    if (ours && !means.hasSource().test(remote())) {
      // Waiting does not mend it.
      end(Finding.of(Code.L4CON, "no local address of this family"));
      return;
    }
    if (ours || Details.first(cause) instanceof OutOfMemoryError) {
      end(Finding.inconclusive(cause)); // no local port or no buffer left
      return;
    }
    Code code =
        switch (phase) {
          case CONNECT -> Code.L4CON;
          case TLS -> Code.L6RSP;
          case ANSWER -> tlsBroke(cause) ? Code.L6RSP : Code.L7RSP;
        };
    brokenOff(Finding.of(code, Details.of(cause)));
  }

  private static boolean tlsBroke(Throwable cause) {
    return cause instanceof SSLException || cause.getCause() instanceof SSLException;
  }

  /**
   * The connection is no more. A kept one may have ended while nobody looked, which says nothing of
   * the target: a new one, once, does.
   */
  private void brokenOff(Finding finding) {
    Finding standing = talk.standing();
    if (reused && standing == null) {
      reused = false;
      release();
      means.loop().execute(this::again); // sockets are opened by tasks: see SocketWire
      return;
    }
    end(standing != null ? standing : finding);
  }

  private void again() {
    if (!over()) {
      try {
        connect();
      } catch (RuntimeException e) {
        end(Finding.inconclusive(e));
      }
    }
  }

  @Override
  void release() {
    Wire open = wire;
    wire = null;
    if (open == null) {
      return;
    }
    if (whole && talk.keeps() && open.alive()) {
      means.kept().keep(target, open);
    } else {
      open.close();
    }
  }
}
