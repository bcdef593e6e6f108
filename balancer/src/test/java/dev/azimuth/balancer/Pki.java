package dev.azimuth.balancer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.health.PemKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
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
  private final Map<List<Settings.Certificate>, SSLContext> contexts = new HashMap<>();

  /** Skips the test where there is no openssl. */
  Pki(Path folder) throws Exception {
    this.folder = folder;
    root = folder.resolve("ca.pem");
    assumeTrue(available(), "no openssl here");
    String request =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem"
            + " -subj /CN=ca -days 30";
    openssl(request.split(" ", -1));
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
  Settings.Certificate issue(String file, Key kind, String... names) throws Exception {
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
    return new Settings.Certificate(folder.resolve(file + ".pem"), key);
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
  SSLContext context(Settings.Certificate... shown) throws Exception {
    KeyStore trust = empty();
    trust.setCertificateEntry("ca", Identity.certificates(root).getFirst());
    TrustManagerFactory judges =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    judges.init(trust);
    KeyStore keys = empty();
    for (Settings.Certificate each : shown) {
      X509Certificate[] chain = Identity.certificates(each.chain()).toArray(X509Certificate[]::new);
      keys.setKeyEntry("key", PemKeys.read(each.key()), new char[0], chain);
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
  SSLSocket server(Socket plain, Settings.Certificate shown, String version) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            known(shown)
                .getSocketFactory()
                .createSocket(plain, InputStream.nullInputStream(), false);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  private SSLContext known(Settings.Certificate... shown) throws Exception {
    synchronized (contexts) {
      List<Settings.Certificate> key = List.of(shown);
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

  /** Puts the files of one certificate in the place of another's. */
  static void replace(Settings.Certificate old, Settings.Certificate by) throws IOException {
    Files.copy(by.chain(), old.chain(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), old.key(), StandardCopyOption.REPLACE_EXISTING);
  }
}
