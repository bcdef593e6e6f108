@NullMarked
package dev.azimuth.steering;

import org.jspecify.annotations.NullMarked;
