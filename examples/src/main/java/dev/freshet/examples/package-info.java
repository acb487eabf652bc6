/**
 * A shop of several services on TPC-H data: {@code shop} owns customers, orders and lines and changes them; {@code shipping}
 * answers from copies in its own database; {@code demo} runs both with Freshet between them and proves the copies.
 *
 * <p>For people who want to see it work, and as code to read. Depends on {@code server} and {@code embedded}.
 */
@NullMarked
package dev.freshet.examples;

import org.jspecify.annotations.NullMarked;
