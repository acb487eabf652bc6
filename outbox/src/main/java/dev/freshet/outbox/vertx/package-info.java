/**
 * Publishes events over the SQL client of Vert.x, in the transaction of a connection that is bound to an event loop.
 *
 * <p>For services on Vert.x, which bring the optional dependencies themselves: {@code vertx-sql-client} 5 with the client of
 * their database, such as {@code vertx-pg-client}. A {@link dev.freshet.outbox.vertx.VertxOutbox} may be shared by all threads;
 * a connection belongs to its context.
 */
@NullMarked
package dev.freshet.outbox.vertx;

import org.jspecify.annotations.NullMarked;
