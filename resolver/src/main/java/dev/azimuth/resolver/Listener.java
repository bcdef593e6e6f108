package dev.azimuth.resolver;

import java.net.InetSocketAddress;

/**
 * An address that is served over UDP and TCP.
 *
 * @param configured as it was asked for, perhaps with port 0
 * @param effective as it is bound, the same for UDP and TCP
 * @param transport of the UDP sockets in words, as {@link dev.azimuth.net.DatagramPort#transport}
 * @param receiveBuffer of each UDP socket in effect, in octets
 */
public record Listener(
    InetSocketAddress configured,
    InetSocketAddress effective,
    String transport,
    int receiveBuffer) {}
