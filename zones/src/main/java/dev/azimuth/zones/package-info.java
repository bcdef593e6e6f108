@NullMarked
package dev.azimuth.zones;

import org.jspecify.annotations.NullMarked;
