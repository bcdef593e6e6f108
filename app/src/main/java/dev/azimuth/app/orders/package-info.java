/** What operators ordered of backends: whom an order means, what it comes to, what it would do. */
@NullMarked
package dev.azimuth.app.orders;

import org.jspecify.annotations.NullMarked;
