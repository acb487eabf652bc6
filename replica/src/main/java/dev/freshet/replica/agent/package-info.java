/**
 * The three agents of a replica: one applies, one fills, one tells how fresh the copy is. Of a {@code per-transaction} replica
 * one applies and fills, one sees to it that one instance is active, one tells how fresh the copy is.
 *
 * <p>Each belongs to one thread and has a database connection of its own; {@link dev.freshet.replica.agent.Progress} is what
 * they share, and is safe for any thread.
 */
@NullMarked
package dev.freshet.replica.agent;

import org.jspecify.annotations.NullMarked;
