package dev.azimuth.health;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** When the certificates end that targets show. Written on the loop thread, read by any. */
final class Certificates {
  private final LongSupplier wall;
  private final Map<Target, Long> ends = new ConcurrentHashMap<>();

  /**
   * What the time says of a certificate.
   *
   * @param ended why it counts as ended; null when it does not
   * @param warning that it soon will be; null when it will not
   */
  record Standing(@Nullable String ended, @Nullable String warning) {
    private static final Standing GOOD = new Standing(null, null);
  }

  /**
   * @param wall the wall clock, in milliseconds since the epoch: a certificate's times are its
   */
  Certificates(LongSupplier wall) {
    this.wall = wall;
  }

  /** Notes when the certificate of a connection ends, and judges that. */
  Standing look(Target target, Secure secure, SSLSession session) {
    X509Certificate shown = shown(session);
    if (shown == null) {
      return Standing.GOOD;
    }
    long end = shown.getNotAfter().toInstant().toEpochMilli();
    ends.put(target, end);
    long left = end - wall.getAsLong();
    Secure.Expiry expiry = secure.expiry();
    if ((secure.verify() || expiry != null) && left < 0) {
      return new Standing("certificate ended " + Details.span(-left) + " ago", null);
    }
    if (expiry == null) {
      return Standing.GOOD;
    }
    String words = "certificate ends in " + Details.span(left);
    if (left < expiry.fail().toMillis()) {
      return new Standing(words, null);
    }
    return left < expiry.warn().toMillis() ? new Standing(null, words) : Standing.GOOD;
  }

  private static @Nullable X509Certificate shown(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain[0] instanceof X509Certificate certificate ? certificate : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // a cipher suite without certificates
    }
  }

  /** Forgets all other targets. */
  void retain(Set<Target> targets) {
    ends.keySet().retainAll(targets);
  }

  /** When the newest certificate of each target ends, in milliseconds since the epoch. */
  Map<Target, Long> ends() {
    return Map.copyOf(ends);
  }
}
