/** Configuration, the publisher, wiring, command line, admin API, reload. */
module dev.azimuth.app {
  requires static org.jspecify;
  requires ch.qos.logback.classic;
  requires com.maxmind.db;
  requires dev.azimuth.balancer;
  requires dev.azimuth.health;
  requires dev.azimuth.net;
  requires dev.azimuth.resolver;
  requires dev.azimuth.steering;
  requires dev.azimuth.zones;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.transport;
  requires java.management;
  requires java.net.http;
  requires jdk.unsupported;
  requires jdk.httpserver;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.dnsjava;
  requires org.slf4j;
  requires org.snakeyaml.engine;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
}
