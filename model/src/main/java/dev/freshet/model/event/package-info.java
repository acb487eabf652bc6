/**
 * Business events as they travel from a service's transaction to its topic: what an event is, how its id carries its time, and
 * how a message of the database's log holds it.
 *
 * <p>For the side that publishes and the side that relays, which must agree on it. Immutable values; no input or output.
 */
@NullMarked
package dev.freshet.model.event;

import org.jspecify.annotations.NullMarked;
