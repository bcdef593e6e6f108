package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a prober gives to its probes. Confined to its loop.
 *
 * @param buffer what bare sockets read into and write from, one after the other; direct
 * @param datagrams opens a channel for UDP to an address, and throws when no descriptor is left
 * @param tls asked for by checks over TLS only
 * @param clock the steady clock, in milliseconds
 * @param wall the wall clock, in milliseconds since the epoch: for times that others have written
 * @param hasSource whether the machine has an address to send from to another one; asked only when
 *     a connection could not be given one
 */
record Means(
    IoEventLoop loop,
    ByteBuf buffer,
    Wires wires,
    Function<InetAddress, Channel> datagrams,
    Supplier<Tls> tls,
    KeptConnections kept,
    Certificates certificates,
    String userAgent,
    LongSupplier clock,
    LongSupplier wall,
    RandomGenerator random,
    Predicate<InetSocketAddress> hasSource,
    Local local) {

  /** Opens connections. */
  interface Wires {
    /**
     * A connection to a target, not yet begun.
     *
     * @throws io.netty.channel.ChannelException when no descriptor is left
     */
    Wire open(Target target, Talk talk, Means means, Wire.User user);
  }
}
