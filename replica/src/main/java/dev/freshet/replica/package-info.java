/**
 * Copies of streams in tables of the consumer's own PostgreSQL, kept exactly once in effect.
 *
 * <p>For a service that answers from its own tables, and for the server that runs it: {@link dev.freshet.replica.Replica}
 * starts, checks and removes a replica, {@link dev.freshet.replica.ReplicaConfig} says what is copied where. Depends on
 * {@code model}, {@code stream}, Kafka's clients and pgjdbc.
 *
 * <p>A replica runs three threads: one applies, one fills, one tells how fresh the copy is ({@code agent}). {@code apply} and
 * {@code fill} are what they do to a copy, over the ports in {@code port}; {@code postgres} gives these ports. {@code table}
 * knows which stream fits which table. {@code admin} checks and removes.
 *
 * <p>Rights: the role needs to connect, {@code CREATE} on the target's schema (or to own the tables there), and either {@code
 * CREATE} on the database or a schema {@code freshet} that it may create tables in.
 */
@NullMarked
package dev.freshet.replica;

import org.jspecify.annotations.NullMarked;
