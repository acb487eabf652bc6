/**
 * A source that polls: the events of an outbox table in any database that has a {@link
 * dev.freshet.capture.polling.PolledDatabase}, in the order of the numbers that the relay gives them.
 *
 * <p>For a relay that cannot read the database's log. {@link dev.freshet.capture.polling.PollingSource} is the entry. What is asked of the
 * database in which order, and what follows from it, is decided over a {@link dev.freshet.capture.polling.PolledStore}, which knows
 * no SQL. The log has a thread of its own, which numbers, reads and sleeps; everything else belongs to the thread that made it.
 */
@NullMarked
package dev.freshet.capture.polling;

import org.jspecify.annotations.NullMarked;
