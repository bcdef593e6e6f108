/** Every foreign call: sockets opened and bound, batched receive and send, sockets handed on. */
module dev.azimuth.net {
  requires static transitive org.jspecify;

  exports dev.azimuth.net;
}
