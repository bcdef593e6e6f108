@NullMarked
package dev.azimuth.app.demo;

import org.jspecify.annotations.NullMarked;
