/** The shipping service: it answers from copies of the shop's tables in its own database, and keeps the shop's events there. */
@NullMarked
package dev.freshet.examples.shipping;

import org.jspecify.annotations.NullMarked;
