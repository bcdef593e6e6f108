package dev.azimuth.zones;

/** What a lookup of a name and type in a zone comes to (RFC 1034 section 4.3.2). */
public enum Outcome {
  /** The name has records of the type: {@link LookupResult#set}. */
  ANSWER,
  /** The name exists but has no records of the type (RFC 2308 section 2.2). */
  NODATA,
  /** Neither the name nor a wildcard for it exists (RFC 2308 section 2.1). */
  NAME_ERROR,
  /** The name is at or below a zone cut: {@link LookupResult#set} is the NS set of the cut. */
  REFERRAL,
  /** The name is an alias: {@link LookupResult#set} is its CNAME. */
  CNAME,
  /** An ancestor has a DNAME: {@link LookupResult#set} (RFC 6672). */
  DNAME,
  /** The answer is decided by steering: {@link LookupResult#steered}. */
  STEERED,
  /** Nothing is known of the zone: {@link ZoneLoader#unusable}. */
  UNUSABLE
}
