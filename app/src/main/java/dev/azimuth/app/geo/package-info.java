/** Where clients are: databases in the MaxMind format, read into steering's table of places. */
@NullMarked
package dev.azimuth.app.geo;

import org.jspecify.annotations.NullMarked;
