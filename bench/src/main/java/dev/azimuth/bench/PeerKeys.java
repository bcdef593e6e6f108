package dev.azimuth.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An authority, and TLS servers with its certificates, good and bad ones. */
final class PeerKeys {
  /** What a good certificate is for. */
  static final String NAME = "www.bench.example";

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String AUTHORITY = "authority";

  private final Map<Certificate, SSLContext> contexts = new EnumMap<>(Certificate.class);
  private final KeyStore trust = empty();

  /** What a server shows. */
  enum Certificate {
    GOOD,
    EXPIRED,
    MISNAMED;

    private List<String> arguments() {
      return switch (this) {
        case GOOD -> List.of("-ext", "san=dns:" + NAME);
        case EXPIRED -> List.of("-ext", "san=dns:" + NAME, "-startdate", "-10d", "-validity", "5");
        case MISNAMED -> List.of("-ext", "san=dns:other.bench.example");
      };
    }

    private String alias() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Makes all of them, by keytool.
   *
   * @param folder for the file that it writes
   */
  PeerKeys(Path folder) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("peers.p12");
    keytool(file, AUTHORITY, List.of("-ext", "bc:critical=ca:true"));
    for (Certificate certificate : Certificate.values()) {
      List<String> arguments = new ArrayList<>(List.of("-signer", AUTHORITY));
      arguments.addAll(certificate.arguments());
      keytool(file, certificate.alias(), arguments);
    }
    KeyStore all = KeyStore.getInstance(file.toFile(), PASSWORD);
    for (Certificate certificate : Certificate.values()) {
      contexts.put(certificate, context(all, certificate.alias()));
    }
    trust.setCertificateEntry(AUTHORITY, all.getCertificate(AUTHORITY));
  }

  /** A server that shows it. */
  SSLContext context(Certificate certificate) {
    return Objects.requireNonNull(contexts.get(certificate));
  }

  /** Trust in the authority alone. */
  KeyStore trust() {
    return trust;
  }

  private static SSLContext context(KeyStore all, String alias)
      throws IOException, GeneralSecurityException {
    KeyStore one = empty();
    one.setKeyEntry(alias, all.getKey(alias, PASSWORD), PASSWORD, all.getCertificateChain(alias));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(one, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static void keytool(Path file, String alias, List<String> more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1")); // the JVM is quick with it
    command.addAll(List.of("-keystore", file.toString(), "-storepass", new String(PASSWORD)));
    command.addAll(List.of("-storetype", "PKCS12"));
    command.addAll(more);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException("keytool: " + said);
    }
  }
}
