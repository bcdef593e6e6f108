/** What the machine says: who holds the state directory, a port; text made safe to print. */
@NullMarked
package dev.azimuth.app.host;

import org.jspecify.annotations.NullMarked;
