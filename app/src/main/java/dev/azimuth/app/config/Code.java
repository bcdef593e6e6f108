package dev.azimuth.app.config;

/** The stable codes of problems: scripts and dashboards may rely on them. */
enum Code {
  FILE("A file cannot be read, or is no UTF-8 text."),
  LIMIT("Something is larger than this program is willing to read."),
  YAML("The file is no valid YAML."),
  TRAP("YAML reads this as something other than what is meant; put it in quotes."),
  YAML_FEATURE("Anchors, aliases, tags and several documents in a file are not used here."),
  DUPLICATE_KEY("A key is given twice, in one file or in two."),
  INCLUDE("An include looks into no folder, or a file includes itself or is included twice."),
  UNKNOWN_KEY("No option has this name at this place."),
  MISSING_KEY("A required key is missing."),
  CHOICE("Of some keys exactly one must be given."),
  TYPE("A mapping, list, text, number or word stands where another of them is needed."),
  VALUE("A value is not written as its kind needs."),
  RANGE("A value lies outside its range."),
  REFERENCE("There is no check, pool, route, view or balancer of this name."),
  DUPLICATE_VALUE("Something is listed or named twice."),
  NO_EFFECT("An option says nothing beside the others."),
  WEIGHT_ZERO("A backend's weight is 0."),
  HOST_NEEDED("A check over TLS has no name to verify."),
  PORT_NEEDED("A check has no port, or a balancer none to connect to."),
  CHECK_CIRCLE("A check is made of others that are made of it."),
  BALANCER_CIRCLE(
      "A balancer would forward to a pool that is a balancer itself, or to where one listens that"
          + " leads back to it."),
  CATCH_ALL("The last rule of a route does not match every client, or an earlier one does."),
  CNAME_AT_APEX("The zone's own name would be answered with a CNAME (RFC 1034 section 3.6.2)."),
  ALIAS_OF_OWN(
      "The target of an alias lies in a zone of this server; or, as a warning, a name leads to a"
          + " pool that follows that name itself."),
  UNREACHABLE("A pool can never serve, or a rule never matches."),
  ADDRESS_KIND("A warning: clients elsewhere cannot connect to an address of this kind."),
  GEO(
      "What a rule by place or `nearest` needs is missing: a database, one that knows as much, or"
          + " where a pool is."),
  UNKNOWN_PLACE(
      "A warning: a route goes by place and does not say what clients get whose place is not"
          + " known."),
  NO_FILES("A warning: the pattern of an include matches no file."),
  FULL_NAME("A warning: a name has its zone's at its end, which is appended to every name."),
  SAME_ADDRESS("A warning: two backends of a pool have the same address and port."),
  LONG_TIMEOUT("A warning: a probe may still be under way when the next one is due."),
  UNUSED(
      "A warning: nothing leads to a pool or a route, looks at a database, has a check or a view, or"
          + " needs an address."),
  ONE_FAMILY(
      "A warning: a rule has no IPv4 address to give, or a pool that never serves for want of one."),
  WEIGHTS_IGNORED("A warning: weights differ where they have no effect."),
  WEIGHTS_ROUNDED("A warning: weights are so fine that the shares deviate from them."),
  NOT_MEASURED("A warning: nothing measures how quick the backends of a pool are."),
  ONE_ANCHOR("A warning: one anchor is too few for a node to doubt itself."),
  EXPOSED("A warning: others can read or write a file with a secret in it."),
  CERTIFICATE_TIME("A warning: a certificate has ended, ends within a week, or has not begun."),
  NO_PROGRAM("A warning: what a check is to run is no executable file here."),
  NO_SECRET("A warning: a file with a secret cannot be read here."),
  NO_INTERFACE("A warning: this machine has no such network interface."),
  NO_GROUPS("A warning: the backends of a pool have no groups to go by.");

  private final String meaning;

  Code(String meaning) {
    this.meaning = meaning;
  }

  /** One sentence for the manual. */
  String meaning() {
    return meaning;
  }
}
