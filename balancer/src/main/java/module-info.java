/** The optional layer-4 tier: forwards TCP connections and UDP sessions to backends. */
module dev.azimuth.balancer {
  requires static transitive org.jspecify;
  requires transitive dev.azimuth.steering;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;

  exports dev.azimuth.balancer;
}
