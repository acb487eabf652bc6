/**
 * Applying: effect, offset and position of a batch are committed in one transaction that names the partition's generation.
 *
 * <p>Everything here belongs to one agent's thread.
 */
@NullMarked
package dev.freshet.replica.apply;

import org.jspecify.annotations.NullMarked;
