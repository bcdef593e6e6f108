package dev.azimuth.resolver;

import dev.azimuth.zones.LookupName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a server tells of itself: the name server identifier (RFC 5001) and the TXT records of class
 * CH that servers have by custom (RFC 4892). Immutable.
 */
public final class Identity {
  /**
   * The longest identifier, in octets: it leaves room for any question and every other option in
   * 512 octets.
   */
  public static final int LONGEST_NSID = 128;

  /** The longest text, in octets: that of one character-string (RFC 1035 section 3.3). */
  public static final int LONGEST_TEXT = 255;

  /** Tells nothing. */
  public static final Identity NONE = new Identity(new byte[0], "", "", "");

  private static final byte[] VERSION_BIND = name("version", "bind");
  private static final byte[] VERSION_SERVER = name("version", "server");
  private static final byte[] ID_SERVER = name("id", "server");
  private static final byte[] HOSTNAME_BIND = name("hostname", "bind");

  private final byte[] nsid;
  private final byte @Nullable [] version;
  private final byte @Nullable [] id;
  private final byte @Nullable [] hostname;

  /**
   * Each text at most {@link #LONGEST_TEXT} octets in UTF-8; empty when it is not told.
   *
   * @param nsid the identifier, at most {@link #LONGEST_NSID} octets; empty for none
   * @param version as {@code version.bind} and {@code version.server}
   * @param id as {@code id.server}
   * @param hostname as {@code hostname.bind}
   */
  public Identity(byte[] nsid, String version, String id, String hostname) {
    if (nsid.length > LONGEST_NSID) {
      throw new IllegalArgumentException("an identifier of " + nsid.length + " octets");
    }
    this.nsid = nsid.clone();
    this.version = text(version);
    this.id = text(id);
    this.hostname = text(hostname);
  }

  /** The identifier; empty for none. */
  byte[] nsid() {
    return nsid;
  }

  /** The data of the TXT record of class CH that a name has; null for none. */
  byte @Nullable [] chaos(LookupName name) {
    if (is(name, VERSION_BIND) || is(name, VERSION_SERVER)) {
      return version;
    }
    return is(name, ID_SERVER) ? id : is(name, HOSTNAME_BIND) ? hostname : null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Identity identity
        && Arrays.equals(nsid, identity.nsid)
        && Arrays.equals(version, identity.version)
        && Arrays.equals(id, identity.id)
        && Arrays.equals(hostname, identity.hostname);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(nsid);
  }

  private static boolean is(LookupName name, byte[] octets) {
    return Arrays.equals(name.octets, 0, name.length, octets, 0, octets.length);
  }

  private static byte @Nullable [] text(String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    if (octets.length > LONGEST_TEXT) {
      throw new IllegalArgumentException("a text of " + octets.length + " octets");
    }
    return octets.length == 0 ? null : label(octets);
  }

  private static byte[] name(String first, String second) {
    byte[] name = new byte[first.length() + second.length() + 3];
    byte[] head = label(first.getBytes(StandardCharsets.US_ASCII));
    byte[] tail = label(second.getBytes(StandardCharsets.US_ASCII));
    System.arraycopy(head, 0, name, 0, head.length);
    System.arraycopy(tail, 0, name, head.length, tail.length);
    return name;
  }

  /** Octets behind their number, as labels and character-strings are written. */
  private static byte[] label(byte[] octets) {
    byte[] label = new byte[1 + octets.length];
    label[0] = (byte) octets.length;
    System.arraycopy(octets, 0, label, 1, octets.length);
    return label;
  }
}
