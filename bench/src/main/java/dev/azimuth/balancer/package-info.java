/** Measurements of what only the balancer itself can reach. */
@org.jspecify.annotations.NullMarked
package dev.azimuth.balancer;
