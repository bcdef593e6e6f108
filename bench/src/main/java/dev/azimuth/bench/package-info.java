/** Measuring Azimuth, beside other name servers and alone. Not shipped. */
@NullMarked
package dev.azimuth.bench;

import org.jspecify.annotations.NullMarked;
