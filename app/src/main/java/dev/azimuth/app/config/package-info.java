@NullMarked
package dev.azimuth.app.config;

import org.jspecify.annotations.NullMarked;
