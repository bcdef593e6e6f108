/** Is a backend up: checks, probes, the state machine, the health table. */
module dev.azimuth.health {
  requires static transitive org.jspecify;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires re2j;
  requires tools.jackson.core;

  exports dev.azimuth.health;
}
