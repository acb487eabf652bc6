/**
 * The table of a copy: what it is now, whether a stream fits it, how it is made and how it evolves.
 *
 * <p>Used by one agent's thread with that agent's connection.
 */
@NullMarked
package dev.freshet.replica.table;

import org.jspecify.annotations.NullMarked;
