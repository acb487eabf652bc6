/**
 * Copies in a database of the consumer.
 */
@NullMarked
package dev.freshet.replica;

import org.jspecify.annotations.NullMarked;
