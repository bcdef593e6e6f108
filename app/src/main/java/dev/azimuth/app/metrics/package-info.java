@NullMarked
package dev.azimuth.app.metrics;

import org.jspecify.annotations.NullMarked;
