@NullMarked
package dev.azimuth.app.node;

import org.jspecify.annotations.NullMarked;
