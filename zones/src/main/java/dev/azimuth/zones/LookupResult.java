package dev.azimuth.zones;

/**
 * The data beside an {@link Outcome}: a cursor that its owner hands to every lookup, so that none
 * allocates. Fields are valid until the next lookup; which of them are set depends on the outcome.
 * Not for use by several threads.
 */
public final class LookupResult {
  /**
   * ANSWER, CNAME, DNAME, REFERRAL: the number of the record set in the zone that was asked; else
   * -1.
   */
  public int set = -1;

  /**
   * How many labels of the query name, counted from its left end, stand before the owner of {@link
   * #set}: 0 for the name itself and for a wildcard's synthesis, more for a zone cut or a DNAME
   * above it.
   */
  public int skip;

  /**
   * STEERED, and NODATA of a steered name for a type that might stand at the target of an alias:
   * the reference that was given for this name when the zone was loaded; else -1.
   */
  public int steered = -1;

  /** Whether the outcome was synthesised from a wildcard (RFC 4592). */
  public boolean wildcard;

  /** A result of no lookup yet. */
  public LookupResult() {}
}
