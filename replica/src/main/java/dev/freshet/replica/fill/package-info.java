/**
 * The first fill of a copy, and every one after it: what is read, when it ends, and how the new table is put in place.
 *
 * <p>Everything here belongs to one agent's thread.
 */
@NullMarked
package dev.freshet.replica.fill;

import org.jspecify.annotations.NullMarked;
