@NullMarked
package dev.azimuth.resolver;

import org.jspecify.annotations.NullMarked;
