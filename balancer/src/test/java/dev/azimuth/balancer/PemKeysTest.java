package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.PemKeys;
import dev.azimuth.health.Secure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemKeysTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "PKCS_1, RSA, BEGIN RSA PRIVATE KEY",
    "PKCS_8, RSA, BEGIN PRIVATE KEY",
    "PKCS_8_EC, EC, BEGIN PRIVATE KEY",
    "PKCS_8_EDWARDS, EdDSA, BEGIN PRIVATE KEY",
    "SEC_1, EC, BEGIN EC PRIVATE KEY",
    "SEC_1_LONGER, EC, BEGIN EC PRIVATE KEY"
  })
  void keysOfEveryFormAreReadAndFitTheirCertificate(Pki.Key kind, String algorithm, String begin)
      throws Exception {
    Pki pki = new Pki(folder);
    Secure.Identity files = pki.issue("a", kind, "a.example");
    assertThat(Files.readString(files.keyFile())).contains(begin);
    assertThat(PemKeys.read(files.keyFile()).getAlgorithm()).isEqualTo(algorithm);
    assertThat(files.names()).containsExactly("a.example");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Pki pki = new Pki(folder);
    Secure.Identity one = pki.issue("one", Pki.Key.SEC_1, "a.example");
    Secure.Identity other = pki.issue("other", Pki.Key.SEC_1, "a.example");
    Secure.Identity edwards = pki.issue("edwards", Pki.Key.PKCS_8_EDWARDS, "a.example");
    for (Secure.Identity each : List.of(other, edwards)) {
      PrivateKey key = PemKeys.read(each.keyFile());
      assertThat(PemKeys.fits(key, one.certificates().getFirst())).isFalse();
      assertThat(PemKeys.fits(key, each.certificates().getFirst())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIM==\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMIQAAAAAAAA=\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMIT/////AAA=\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n",
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,AB

        c2VjcmV0
        -----END RSA PRIVATE KEY-----
        """
      })
  void whatIsNoKeyIsRefusedWithoutAWordOfIt(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("key"), text);
    assertThatThrownBy(() -> PemKeys.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + " has no ")
        .hasMessageNotContaining("c2VjcmV0")
        .hasNoCause();
  }

  @Test
  void ofAnEncryptedKeyThatIsSaid() throws Exception {
    Path sealed =
        Files.writeString(
            folder.resolve("sealed"),
            """
            -----BEGIN RSA PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-256-CBC,AB

            c2VjcmV0
            -----END RSA PRIVATE KEY-----
            """);
    assertThatThrownBy(() -> PemKeys.read(sealed))
        .hasMessage(sealed + " has no key that can be used: it is encrypted");
  }
}
