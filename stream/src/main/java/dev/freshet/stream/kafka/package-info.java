/**
 * The reader's ports on Kafka's own clients.
 *
 * <p>Everything in {@code kafka.properties} reaches the clients; what must hold for Freshet to be right
 * (committed records only, no offsets of Kafka's own) cannot be overridden, and is refused by name.
 */
@NullMarked
package dev.freshet.stream.kafka;

import org.jspecify.annotations.NullMarked;
