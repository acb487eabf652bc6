/**
 * Applying: records become columns of text, batches become statements, and effect, offset and position are committed in one
 * transaction that names the partition's generation.
 *
 * <p>Everything here belongs to one agent's thread.
 */
@NullMarked
package dev.freshet.replica.apply;

import org.jspecify.annotations.NullMarked;
