package dev.azimuth.zones;

/** The numbers of the record types that the rules of a zone name. Others are only data. */
final class Types {
  static final int A = 1;
  static final int NS = 2;
  static final int MD = 3;
  static final int MF = 4;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int MB = 7;
  static final int MG = 8;
  static final int MR = 9;
  static final int WKS = 11;
  static final int PTR = 12;
  static final int MINFO = 14;
  static final int MX = 15;
  static final int TXT = 16;
  static final int RP = 17;
  static final int AFSDB = 18;
  static final int RT = 21;
  static final int PX = 26;
  static final int AAAA = 28;
  static final int LOC = 29;
  static final int SRV = 33;
  static final int KX = 36;
  static final int DNAME = 39;
  static final int OPT = 41;
  static final int DS = 43;
  static final int RRSIG = 46;
  static final int NSEC = 47;
  static final int NSEC3 = 50;
  static final int NSEC3PARAM = 51;
  static final int SVCB = 64;
  static final int HTTPS = 65;
  static final int ANY = 255;

  private Types() {}

  static boolean isAddress(int type) {
    return type == A || type == AAAA;
  }

  /**
   * From which octet on the data of a type is names alone, whose case does not count (RFC 4034
   * section 6.2); -1 for types whose data has none, or something behind them.
   */
  static int namesFrom(int type) {
    return switch (type) {
      case NS, MD, MF, CNAME, MB, MG, MR, PTR, MINFO, RP, DNAME -> 0;
      case MX, AFSDB, RT, PX, KX -> 2;
      case SRV -> 6;
      default -> -1;
    };
  }

  /** The types of service bindings, which share one format (RFC 9460 section 2.1). */
  static boolean isService(int type) {
    return type == SVCB || type == HTTPS;
  }

  /** Whose data the server itself looks into, so that they have to have their form. */
  static boolean isRead(int type) {
    return isAddress(type) || type == SOA || type == TXT || isService(type) || namesFrom(type) >= 0;
  }

  /** Types of questions and of transport, never of data in a zone (RFC 6895 section 3.1). */
  static boolean isMeta(int type) {
    return type == 0 || type == OPT || (type >= 128 && type <= ANY);
  }

  /**
   * What may stand beside a CNAME, which therefore does not answer for it (RFC 4035 section 2.5).
   */
  static boolean isBesideAlias(int type) {
    return type == RRSIG || type == NSEC;
  }

  /** What signing adds to a zone; none of it is taken from zone data. */
  static boolean isSignature(int type) {
    return type == RRSIG || type == NSEC || type == NSEC3 || type == NSEC3PARAM;
  }
}
