/** The shipping service: it answers from copies of the shop's tables in its own database. */
@NullMarked
package dev.freshet.examples.shipping;

import org.jspecify.annotations.NullMarked;
