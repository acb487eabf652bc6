package dev.freshet.replica.fill;

import dev.freshet.model.DurationText;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.table.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a filled shadow in the table's place, at the end of the fill's transaction.
 *
 * <p>Whoever waits for the table's lock makes all later readers of the table wait as well. So a try that meets readers ends
 * soon, and the next one comes after a pause in which they can read.
 */
final class Swap {
    /** Between two tries readers have the table for so long, ten times as long as one try may keep them waiting. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);

    private final CopySession db;
    private final String replica;
    private final TableName table;
    private final InstantSource clock;
    private Instant next = Instant.MIN;

    /** Creates the swap of a shadow that is complete. */
    Swap(CopySession db, String replica, TableName table, InstantSource clock) {
        this.db = db;
        this.replica = replica;
        this.table = table;
        this.clock = clock;
    }

    /**
     * Tries it, unless the pause after the last try is not over, and commits.
     *
     * @param step what locks, replaces and stores
     * @return whether the new table is in place; if not, the transaction is as it was
     */
    boolean attempt(Runnable step) {
        if (clock.instant().isBefore(next)) {
            return false;
        }
        if (db.tryCommit(step)) {
            return true;
        }
        if (next.equals(Instant.MIN)) {
            LOG.info(
                    "Replica '{}' waits for readers of {} before it puts the filled table in place, and tries every {}",
                    replica,
                    table,
                    DurationText.of(PAUSE));
        }
        next = clock.instant().plus(PAUSE);
        return false;
    }
}
