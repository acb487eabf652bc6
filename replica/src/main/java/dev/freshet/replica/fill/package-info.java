/**
 * The first fill of a copy, and every one after it: the whole topic goes by COPY into a shadow table, which then takes the
 * place of the table, all in one transaction.
 *
 * <p>Everything here belongs to one agent's thread.
 */
@NullMarked
package dev.freshet.replica.fill;

import org.jspecify.annotations.NullMarked;
