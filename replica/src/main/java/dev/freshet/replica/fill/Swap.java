package dev.freshet.replica.fill;

import dev.freshet.model.DurationText;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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

    private final Connection db;
    private final String replica;
    private final TableName table;
    private final Shadow shadow;
    private final List<String> renames;
    private final List<String> quotedColumns;
    private final InstantSource clock;
    private Instant next = Instant.MIN;

    /** What is locked before, or stored after, the shadow takes the table's place. */
    interface Step {
        void run() throws SQLException;
    }

    /**
     * Creates the swap of a shadow that is complete.
     *
     * @param renames what {@link Shadow#index} returned
     */
    Swap(
            Connection db,
            String replica,
            TableName table,
            Shadow shadow,
            List<String> renames,
            List<String> quotedColumns,
            InstantSource clock) {
        this.db = db;
        this.replica = replica;
        this.table = table;
        this.shadow = shadow;
        this.renames = List.copyOf(renames);
        this.quotedColumns = List.copyOf(quotedColumns);
        this.clock = clock;
    }

    /**
     * Tries it, unless the pause after the last try is not over, and commits.
     *
     * @param before what is to be locked before the table
     * @param after what is to be stored with it
     * @return whether the new table is in place; if not, the transaction is as it was
     */
    boolean attempt(Step before, Step after) throws SQLException {
        if (clock.instant().isBefore(next)) {
            return false;
        }
        Savepoint start = db.setSavepoint();
        try {
            Shadow.execute(db, Shadow.LOCK_TIMEOUT);
            before.run();
            if (shadow.dependents().isEmpty()) {
                shadow.replace(renames);
            } else {
                shadow.move(quotedColumns);
            }
            after.run();
            db.commit();
            return true;
        } catch (SQLException e) {
            if (!DbErrors.lockRefused(e)) {
                throw e;
            }
            db.rollback(start);
            db.releaseSavepoint(start);
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
}
