/**
 * What a service calls inside its own transaction to publish a business event: the change and its event commit together, or not
 * at all. From there the relay takes it to Kafka.
 *
 * <p>For services. Depends on {@code model}, {@code java.sql} and Jackson (for payloads that are objects); knows no Kafka.
 * An {@link dev.freshet.outbox.Outbox} may be shared by all threads; what is given a connection belongs to the connection's
 * thread.
 */
@NullMarked
package dev.freshet.outbox;

import org.jspecify.annotations.NullMarked;
