package dev.azimuth.health;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys in PEM form (RFC 7468): PKCS #8 (RFC 5958), PKCS #1 (RFC 8017 appendix A.1.2) and
 * SEC 1 (RFC 5915), none of them encrypted. Messages say nothing of what is in a file.
 */
public final class PemKeys {
  private static final Pattern SECTION =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final List<String> KINDS = List.of("RSA", "EC", "EdDSA");

  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int CURVE = 0xa0;

  private static final byte[] VERSION_0 = {INTEGER, 1, 0};

  /** The object identifier 1.2.840.113549.1.1.1, and no parameters. */
  private static final byte[] RSA = {
    6, 9, 42, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** The object identifier 1.2.840.10045.2.1, which a curve follows. */
  private static final byte[] EC = {6, 7, 42, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private PemKeys() {}

  /**
   * The first key of a file.
   *
   * @throws IOException when there is none that can be used, with the file and the reason
   */
  public static PrivateKey read(Path file) throws IOException {
    Matcher section = SECTION.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (section.find()) {
      String label = section.group(1);
      if (label.endsWith("PRIVATE KEY")) {
        try {
          return key(label, Base64.getMimeDecoder().decode(section.group(2)));
        } catch (GeneralSecurityException | RuntimeException e) {
          // Of what was read nothing may be in a log, and causes may have it.
          throw new IOException(file + " has no key that can be used: " + reason(label));
        }
      }
    }
    throw new IOException(file + " has no private key");
  }

  /**
   * Whether a key is that of a certificate.
   *
   * @throws GeneralSecurityException when one of them cannot be used
   */
  public static boolean fits(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    Signature signature =
        Signature.getInstance(
            switch (key.getAlgorithm()) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> key.getAlgorithm();
            });
    byte[] any = {1, 2, 3};
    signature.initSign(key);
    signature.update(any);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(any);
    return signature.verify(signed);
  }

  private static String reason(String label) {
    return label.startsWith("ENCRYPTED") ? "it is encrypted" : "its " + label + " is broken";
  }

  private static PrivateKey key(String label, byte[] der) throws GeneralSecurityException {
    byte[] key =
        switch (label) {
          case "PRIVATE KEY" -> der;
          case "RSA PRIVATE KEY" -> wrapped(RSA, der);
          case "EC PRIVATE KEY" -> wrapped(joined(EC, curve(ByteBuffer.wrap(der))), der);
          default -> throw new InvalidKeySpecException(label);
        };
    var unknown = new InvalidKeySpecException(label);
    for (String kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(key));
      } catch (InvalidKeySpecException e) {
        unknown = e; // of another kind
      }
    }
    throw unknown;
  }

  /** As PKCS #8 has it. */
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return value(
        SEQUENCE, joined(VERSION_0, joined(value(SEQUENCE, algorithm), value(OCTETS, key))));
  }

  /** The object identifier of the curve that a SEC 1 key names. */
  private static byte[] curve(ByteBuffer key) throws InvalidKeySpecException {
    ByteBuffer fields = content(key, SEQUENCE);
    content(fields, INTEGER);
    content(fields, OCTETS);
    ByteBuffer curve = content(fields, CURVE);
    byte[] octets = new byte[curve.remaining()];
    curve.get(octets);
    return octets;
  }

  /** What is in the next value, which must have this tag. */
  private static ByteBuffer content(ByteBuffer in, int tag) throws InvalidKeySpecException {
    if ((in.get() & 0xff) != tag) {
      throw new InvalidKeySpecException("another value");
    }
    int length = in.get() & 0xff;
    if (length > 0x80) {
      int width = length & 0x7f;
      length = 0;
      for (int i = 0; i < width; i++) {
        length = length << 8 | (in.get() & 0xff);
      }
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }

  /** A tag, a length in its shortest form (X.690 section 10.1), and a content below 64 KiB. */
  private static byte[] value(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length >= 0x100) {
      out.write(0x82);
      out.write(content.length >> 8);
    } else if (content.length >= 0x80) {
      out.write(0x81);
    }
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }
}
