package dev.azimuth.steering;

/**
 * An address prefix. IPv4 stands in the lower 32 bits of {@code low} with {@code high} 0.
 *
 * @param length of the prefix, 0 to 32 or 128; the bits below it are 0
 */
public record Cidr(boolean v4, long high, long low, int length) {}
