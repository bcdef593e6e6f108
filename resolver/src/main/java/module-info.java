/** Answers queries: wire reading and writing, UDP workers, TCP. */
module dev.azimuth.resolver {
  requires static transitive org.jspecify;
  requires transitive dev.azimuth.net;
  requires transitive dev.azimuth.steering;
  requires transitive dev.azimuth.zones;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires java.management;
  requires jdk.management;
  requires org.dnsjava;

  exports dev.azimuth.resolver;
}
