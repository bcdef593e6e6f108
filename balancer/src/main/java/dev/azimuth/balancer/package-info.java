/** The optional layer-4 tier. It knows backends, picks and health, and nothing of DNS. */
@org.jspecify.annotations.NullMarked
package dev.azimuth.balancer;
