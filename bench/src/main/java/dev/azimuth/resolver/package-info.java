/** Measurements of what only the resolver itself can reach. */
@org.jspecify.annotations.NullMarked
package dev.azimuth.resolver;
