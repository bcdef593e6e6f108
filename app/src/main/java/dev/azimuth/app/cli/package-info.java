@NullMarked
package dev.azimuth.app.cli;

import org.jspecify.annotations.NullMarked;
