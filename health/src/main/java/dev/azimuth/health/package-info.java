@NullMarked
package dev.azimuth.health;

import org.jspecify.annotations.NullMarked;
