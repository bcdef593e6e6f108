package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.List;

/**
 * A backend that may be given, with those of its addresses of one family that may.
 *
 * @param addresses at least one, all of one family
 * @param weight the one that counts now, 1 to 1,000,000
 */
record Member(Backend backend, List<InetAddress> addresses, int weight) {}
