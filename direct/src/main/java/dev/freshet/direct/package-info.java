/**
 * Publishes events straight to Kafka, for services that run no relay: commit first, then send, with retry; what cannot be sent
 * becomes a dead letter, and what Kafka cannot take at all waits in a table of the service's database.
 *
 * <p>For services. Depends on {@code outbox} (what an event is and when it is refused), {@code letters}, Kafka's client and {@code
 * java.sql}. A {@link dev.freshet.direct.DirectPublisher} is shared by all threads; a {@link
 * dev.freshet.direct.DirectTransaction} belongs to its connection's thread. Inside, one thread ({@code Lanes}) decides all; a
 * second writes the table, a third sends what stands there, a fourth reads the dead letters.
 */
@NullMarked
package dev.freshet.direct;

import org.jspecify.annotations.NullMarked;
