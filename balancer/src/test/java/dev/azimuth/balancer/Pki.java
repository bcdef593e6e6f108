package dev.azimuth.balancer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.health.PemKeys;
import dev.azimuth.health.Secure;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** An authority and the certificates that it issues, as OpenSSL makes them. */
final class Pki {
  private final Path folder;
  final Path root;
  private final Secure.Authority authority;
  private final Map<List<Secure.Identity>, SSLContext> contexts = new HashMap<>();

  /** Skips the test where there is no openssl. */
  Pki(Path folder) throws Exception {
    this.folder = folder;
    root = folder.resolve("ca.pem");
    assumeTrue(available(), "no openssl here");
    String request =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem"
            + " -subj /CN=ca -days 30";
    openssl(request.split(" ", -1));
    authority = new Secure.Authority(root, certificates(root));
  }

  private static boolean available() throws InterruptedException {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** How a key is made, and so what form it has. */
  enum Key {
    PKCS_1("genrsa", "-traditional", "-out", "KEY", "2048"),
    PKCS_8("genpkey", "-algorithm", "RSA", "-out", "KEY"),
    PKCS_8_EC("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "KEY"),
    PKCS_8_EDWARDS("genpkey", "-algorithm", "ed25519", "-out", "KEY"),
    SEC_1("ecparam", "-name", "prime256v1", "-genkey", "-out", "KEY"),
    SEC_1_LONGER("ecparam", "-name", "secp521r1", "-genkey", "-noout", "-out", "KEY");

    private final String command;

    Key(String... arguments) {
      command = String.join(" ", arguments);
    }
  }

  /** Makes a key, in files that are there after. */
  Path key(String file, Key kind) throws Exception {
    openssl(kind.command.replace("KEY", file + ".key").split(" ", -1));
    return folder.resolve(file + ".key");
  }

  /** A certificate for names, the first of which it bears as its subject too. */
  Secure.Identity issue(String file, Key kind, String... names) throws Exception {
    Path key = key(file, kind);
    List<String> all = new ArrayList<>();
    for (String name : names) {
      all.add("DNS:" + name);
    }
    openssl(
        "req",
        "-new",
        "-key",
        file + ".key",
        "-subj",
        "/CN=" + names[0],
        "-out",
        file + ".csr",
        "-addext",
        "subjectAltName=" + String.join(",", all));
    openssl(
        "x509",
        "-req",
        "-in",
        file + ".csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "30",
        "-copy_extensions",
        "copy",
        "-out",
        file + ".pem");
    return read(folder.resolve(file + ".pem"), key);
  }

  /** What openssl prints. */
  String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    process.getOutputStream().close();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + printed);
    }
    return printed;
  }

  /** Trusts the authority, and shows a certificate if there is one. */
  SSLContext context(Secure.Identity... shown) throws Exception {
    KeyStore trust = empty();
    trust.setCertificateEntry("ca", certificates(root).getFirst());
    TrustManagerFactory judges =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    judges.init(trust);
    KeyStore keys = empty();
    for (Secure.Identity each : shown) {
      X509Certificate[] chain = each.certificates().toArray(X509Certificate[]::new);
      keys.setKeyEntry("key", PemKeys.read(each.keyFile()), new char[0], chain);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), judges.getTrustManagers(), null);
    return context;
  }

  /**
   * A client over a socket, which stays usable as it is.
   *
   * @param version such as {@code TLSv1.3}
   */
  SSLSocket client(Socket plain, String server, String version) throws Exception {
    SSLSocket socket =
        (SSLSocket) known().getSocketFactory().createSocket(plain, server, 443, false);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  /** A server over a socket, which stays usable as it is. */
  SSLSocket server(Socket plain, Secure.Identity shown, String version) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            known(shown)
                .getSocketFactory()
                .createSocket(plain, InputStream.nullInputStream(), false);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  private SSLContext known(Secure.Identity... shown) throws Exception {
    synchronized (contexts) {
      List<Secure.Identity> key = List.of(shown);
      if (!contexts.containsKey(key)) {
        contexts.put(key, context(shown));
      }
      return contexts.get(key);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** What is in two files. */
  static Secure.Identity read(Path chain, Path key) throws Exception {
    return new Secure.Identity(chain, key, certificates(chain), PemKeys.read(key));
  }

  /** Whom everybody here trusts. */
  Secure.Authority authority() {
    return authority;
  }

  private static List<X509Certificate> certificates(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }
}
