/** What another configuration, or a failure, would do to the clients: nothing here asks a node. */
@NullMarked
package dev.azimuth.app.whatif;

import org.jspecify.annotations.NullMarked;
