/** Which backends should this client get: routes, picks, the ladder of pools. Pure. */
module dev.azimuth.steering {
  requires static transitive org.jspecify;
  requires transitive dev.azimuth.health;

  exports dev.azimuth.steering;
}
