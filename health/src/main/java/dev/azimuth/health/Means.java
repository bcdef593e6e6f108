package dev.azimuth.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a prober gives to its probes. Confined to its loop.
 *
 * @param sockets opens one for TCP, and throws when no descriptor is left
 * @param datagrams opens one for UDP, likewise
 * @param tls asked for by checks over TLS only
 * @param clock the steady clock, in milliseconds
 * @param wall the wall clock, in milliseconds since the epoch: for times that others have written
 * @param hasSource whether the machine has an address to send from to another one; asked only when
 *     a connection could not be given one
 */
record Means(
    EventLoop loop,
    ChannelFactory<? extends Channel> sockets,
    ChannelFactory<? extends Channel> datagrams,
    Supplier<Tls> tls,
    KeptConnections kept,
    Certificates certificates,
    String userAgent,
    LongSupplier clock,
    LongSupplier wall,
    RandomGenerator random,
    Predicate<InetSocketAddress> hasSource,
    Local local) {}
