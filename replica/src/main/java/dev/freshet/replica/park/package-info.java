/**
 * Parking: a record that its table refuses goes to the dead-letter topic, and its key stands still by itself, until a later
 * record of it is applied or the table was filled anew. Meanwhile the copy is not complete.
 *
 * <p>Everything here belongs to one agent's thread.
 */
@NullMarked
package dev.freshet.replica.park;

import org.jspecify.annotations.NullMarked;
