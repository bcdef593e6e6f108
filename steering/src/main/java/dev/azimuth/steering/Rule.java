package dev.azimuth.steering;

import org.jspecify.annotations.Nullable;

/**
 * One rule of a route: which clients go to which pools.
 *
 * @param label how explain names it, such as {@code names.www.to} or {@code routes.world[2]}
 * @param fence whether nothing outside {@code to} is ever given
 * @param allDown what to answer when nothing in {@code to} is usable; null takes the name's
 */
public record Rule(
    String label, Condition condition, To to, boolean fence, @Nullable AllDown allDown) {}
