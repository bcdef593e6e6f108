package dev.azimuth.health;

import java.net.InetAddress;

/**
 * What one probe goes to: the key by which identical checks of the same place run once.
 *
 * @param address where to connect, the check's own address already applied
 * @param port 1 to 65535
 */
public record Target(InetAddress address, int port, Check check) {}
