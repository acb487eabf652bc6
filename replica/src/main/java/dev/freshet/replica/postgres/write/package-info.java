/**
 * Writing: records become columns of text, batches become statements. Everything here belongs to one session's thread.
 */
@NullMarked
package dev.freshet.replica.postgres.write;

import org.jspecify.annotations.NullMarked;
