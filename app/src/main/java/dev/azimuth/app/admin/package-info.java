@NullMarked
package dev.azimuth.app.admin;

import org.jspecify.annotations.NullMarked;
