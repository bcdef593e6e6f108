/** Writing the query log to files and sockets. */
@NullMarked
package dev.azimuth.app.querylog;

import org.jspecify.annotations.NullMarked;
