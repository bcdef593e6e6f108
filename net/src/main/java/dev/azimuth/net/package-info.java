@NullMarked
package dev.azimuth.net;

import org.jspecify.annotations.NullMarked;
