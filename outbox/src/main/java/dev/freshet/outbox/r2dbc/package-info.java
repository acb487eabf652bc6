/**
 * Publishes events over R2DBC, in the transaction of a connection that is not bound to a thread.
 *
 * <p>For reactive services, which bring the optional dependencies themselves: {@code r2dbc-spi}, {@code reactive-streams} and
 * {@code reactor-core}. Reactor, because what a publisher owes its subscriber (demand, cancel, one signal at a time) is easily
 * got wrong by hand, and whoever uses R2DBC with PostgreSQL has it: the driver is built on it. It does not show in a signature.
 * An {@link dev.freshet.outbox.r2dbc.R2dbcOutbox} may be shared by all threads; a connection is used by one subscription at a
 * time.
 */
@NullMarked
package dev.freshet.outbox.r2dbc;

import org.jspecify.annotations.NullMarked;
