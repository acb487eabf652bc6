/**
 * What a copy says of itself in the consumer's own database: the table and view of its freshness, and the answer to a
 * token. Both ends build on it: the replica writes it, the client (or plain SQL) reads it.
 */
@NullMarked
package dev.freshet.model.copy;

import org.jspecify.annotations.NullMarked;
