package dev.azimuth.health;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A certificate authority of a test, and servers with its certificates. */
final class Authority {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path store;

  Authority(Path folder) throws Exception {
    store = folder.resolve("authority.p12");
    keytool("ca", "-ext", "bc:critical=ca:true");
  }

  /** A certificate and its key. */
  record Issued(X509Certificate certificate, PrivateKey key) {
    SSLContext context() throws Exception {
      return Shown.context(key, certificate);
    }

    /** Of a server that may ask clients for a certificate, whom it then trusts alone. */
    SSLContext demanding(KeyStore trust) throws Exception {
      return Shown.context(trust, key, certificate);
    }

    /** As nginx and others read them. */
    void write(Path certificateFile, Path keyFile) throws Exception {
      pem(certificateFile, "CERTIFICATE", certificate.getEncoded());
      pem(keyFile, "PRIVATE KEY", key.getEncoded());
    }

    private static void pem(Path file, String kind, byte[] octets) throws Exception {
      String lines =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(octets);
      Files.writeString(
          file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, lines, kind));
    }
  }

  /** A certificate for a name; {@code more} are arguments of keytool. */
  Issued issue(String name, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-signer", "ca", "-ext", "san=dns:" + name));
    arguments.addAll(List.of(more));
    String alias = "issued" + System.nanoTime();
    keytool(alias, arguments.toArray(String[]::new));
    return issued(alias);
  }

  /** A certificate that bears a name as its subject, and otherwise what {@code more} say. */
  Issued issueSubject(String name, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-signer", "ca"));
    arguments.addAll(List.of(more));
    keytool(name, arguments.toArray(String[]::new));
    return issued(name);
  }

  private Issued issued(String alias) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    return new Issued(
        (X509Certificate) keys.getCertificate(alias), (PrivateKey) keys.getKey(alias, PASSWORD));
  }

  X509Certificate root() throws Exception {
    return (X509Certificate) KeyStore.getInstance(store.toFile(), PASSWORD).getCertificate("ca");
  }

  /** Trust in it alone. */
  KeyStore trust() throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("ca", root());
    return trust;
  }

  private void keytool(String alias, String... more) throws Exception {
    Keytool.add(store, PASSWORD, alias, more);
  }
}
