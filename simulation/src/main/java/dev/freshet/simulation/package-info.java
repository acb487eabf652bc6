/**
 * The protocol's model: the real agents of relays and replicas over a simulated source, cluster and database, driven by one
 * thread under a seed through kills, pauses, lost acknowledgements, compaction, and assignments that change. After every step
 * the invariants are checked.
 *
 * <p>For those who change the protocol. Depends on {@code relay} and {@code replica} and what they depend on. Everything
 * belongs to the thread that runs a {@link dev.freshet.simulation.World}.
 */
@NullMarked
package dev.freshet.simulation;

import org.jspecify.annotations.NullMarked;
