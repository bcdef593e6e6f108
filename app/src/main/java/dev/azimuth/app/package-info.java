@NullMarked
package dev.azimuth.app;

import org.jspecify.annotations.NullMarked;
