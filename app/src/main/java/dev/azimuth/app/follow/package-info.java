@NullMarked
package dev.azimuth.app.follow;

import org.jspecify.annotations.NullMarked;
