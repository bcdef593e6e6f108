/** What we are authoritative for: names, record sets, zone files, the lookup. */
module dev.azimuth.zones {
  requires static transitive org.jspecify;
  requires org.dnsjava;

  exports dev.azimuth.zones;
}
