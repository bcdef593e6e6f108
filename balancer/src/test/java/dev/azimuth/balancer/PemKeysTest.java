package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.PemKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Settings.Certificate files = pki.issue("a", kind, "a.example");
    assertThat(Files.readString(files.key())).contains(begin);
    assertThat(PemKeys.read(files.key()).getAlgorithm()).isEqualTo(algorithm);
    assertThat(Identity.load(files, null).names()).containsExactly("a.example");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Pki pki = new Pki(folder);
    Settings.Certificate one = pki.issue("one", Pki.Key.SEC_1, "a.example");
    Settings.Certificate other = pki.issue("other", Pki.Key.SEC_1, "a.example");
    Settings.Certificate edwards = pki.issue("edwards", Pki.Key.PKCS_8_EDWARDS, "a.example");
    for (Path key : List.of(other.key(), edwards.key())) {
      assertThatThrownBy(() -> Identity.load(new Settings.Certificate(one.chain(), key), null))
          .isInstanceOf(IOException.class)
          .hasMessage(key + " is not the key of " + one.chain());
    }
  }

  @Test
  void anIdentityStaysWhereItsFilesSayTheSame() throws Exception {
    Pki pki = new Pki(folder);
    Settings.Certificate one = pki.issue("one", Pki.Key.SEC_1, "a.example");
    Identity first = Identity.load(one, null);
    assertThat(Identity.load(one, first)).isSameAs(first);
    Pki.replace(one, pki.issue("other", Pki.Key.SEC_1, "a.example"));
    assertThat(Identity.load(one, first)).isNotSameAs(first);
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
}
