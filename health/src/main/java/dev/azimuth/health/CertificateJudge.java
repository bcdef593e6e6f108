package dev.azimuth.health;

import io.netty.util.NetUtil;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts what the JVM's own judge trusts under a name that clients take too, and says in an
 * operator's words why it does not trust the rest. Revocation is not looked at. Safe for use by any
 * number of threads.
 */
public final class CertificateJudge extends X509ExtendedTrustManager {
  /** The kind of a DNS name among the alternative names (RFC 5280, section 4.2.1.6). */
  private static final Integer DNS_NAME = 2;

  private static final int MOST_NAMES = 3;

  /** Purposes that a server may show (RFC 5280, section 4.2.1.12): its own, and any. */
  private static final Set<String> FOR_SERVERS = Set.of("1.3.6.1.5.5.7.3.1", "2.5.29.37.0");

  /** The use of a key without which it cannot shake hands (RFC 5280, section 4.2.1.3). */
  private static final int SIGNS = 0;

  private final X509ExtendedTrustManager jvm;

  /**
   * @param jvm that decides
   */
  public CertificateJudge(X509ExtendedTrustManager jvm) {
    this.jvm = jvm;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    try {
      jvm.checkServerTrusted(chain, kind, engine);
    } catch (CertificateException e) {
      String why = why(chain, kind);
      if (why == null) {
        throw e;
      }
      throw new CertificateException(why); // without a cause, whose words would be shown
    }
    SSLParameters asked = engine.getSSLParameters();
    String name = engine.getPeerHost();
    if (asked.getEndpointIdentificationAlgorithm() != null
        && name != null
        && !bears(chain[0], name)) {
      throw new CertificateException("certificate is for " + names(chain[0]));
    }
  }

  /**
   * Whether a certificate that the JVM takes under a name bears it as RFC 9525, section 6.3, has
   * it: among the alternative names, and with no wildcard but a whole first label. The JVM takes a
   * common name and wildcards for parts of labels as well, which other clients refuse.
   */
  private static boolean bears(X509Certificate certificate, String name)
      throws CertificateException {
    if (NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)) {
      return true; // the JVM looks for addresses among the alternative names alone
    }
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    int dot = name.indexOf('.');
    String wild = dot < 0 ? name : "*" + name.substring(dot);
    return all != null
        && all.stream()
            .filter(each -> DNS_NAME.equals(each.getFirst()))
            .map(each -> each.get(1).toString())
            .anyMatch(each -> each.equalsIgnoreCase(name) || each.equalsIgnoreCase(wild));
  }

  /** Null when none of the usual reasons is it. */
  private @Nullable String why(X509Certificate[] chain, String kind) {
    for (int i = 0; i < chain.length; i++) {
      String whose = i == 0 ? "certificate" : "certificate of the issuer";
      try {
        chain[i].checkValidity();
      } catch (CertificateExpiredException e) {
        return whose + " ended " + day(chain[i].getNotAfter());
      } catch (CertificateNotYetValidException e) {
        return whose + " begins " + day(chain[i].getNotBefore());
      }
    }
    if (trustedUnderAnyName(chain, kind)) {
      return "certificate is for " + names(chain[0]);
    }
    if (isSignedBy(chain[0], chain[0])) {
      return "self-signed certificate";
    }
    for (int i = 0; i + 1 < chain.length; i++) {
      if (!isSignedBy(chain[i], chain[i + 1])) {
        return "broken chain: the next certificate did not sign that of "
            + chain[i].getSubjectX500Principal();
      }
    }
    X509Certificate last = chain[chain.length - 1];
    if (!mayIssue(chain)) {
      return "a certificate in the chain may not issue others";
    }
    if (!isForServers(chain[0])) {
      return "certificate is not for servers";
    }
    return "unknown issuer " + last.getIssuerX500Principal();
  }

  private static String day(Date date) {
    return date.toInstant().atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private boolean trustedUnderAnyName(X509Certificate[] chain, String kind) {
    try {
      jvm.checkServerTrusted(chain, kind);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null && !all.isEmpty()) {
        String some =
            all.stream()
                .filter(name -> DNS_NAME.equals(name.getFirst()))
                .limit(MOST_NAMES)
                .map(name -> name.get(1).toString())
                .collect(Collectors.joining(" "));
        return some.isEmpty() ? "no host name" : some;
      }
    } catch (CertificateException e) {
      return "names that cannot be read";
    }
    return "no alternative name";
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Whether its purposes, and what its key may do, are those of a server. */
  private static boolean isForServers(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean[] usage = certificate.getKeyUsage();
      return (purposes == null || purposes.stream().anyMatch(FOR_SERVERS::contains))
          && (usage == null || usage[SIGNS]);
    } catch (CertificateException e) {
      return true; // it cannot be read: something else is wrong
    }
  }

  /** Whether all but the first are authorities (RFC 5280, section 4.2.1.9). */
  private static boolean mayIssue(X509Certificate[] chain) {
    for (int i = 1; i < chain.length; i++) {
      if (chain[i].getBasicConstraints() < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    jvm.checkServerTrusted(chain, kind);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    jvm.checkServerTrusted(chain, kind, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    jvm.checkClientTrusted(chain, kind);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    jvm.checkClientTrusted(chain, kind, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    jvm.checkClientTrusted(chain, kind, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jvm.getAcceptedIssuers();
  }
}
