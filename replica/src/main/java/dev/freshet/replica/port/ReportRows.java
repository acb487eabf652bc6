package dev.freshet.replica.port;

import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.stream.Freshness;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The rows in which a replica tells services how fresh the copy is, one a source, within the session's transaction.
 *
 * <p>A report and a withdrawal must not cross: one that has read that nothing is wrong would write {@code complete} over a
 * withdrawal that was committed meanwhile. So a report locks the rows before it reads anything, and a withdrawal locks them
 * last, when it has written what it withdraws for. Whoever holds other rows may wait for these; whoever holds these waits for
 * none.
 */
public interface ReportRows {
    /**
     * Locks the replica's rows until the transaction's end, those of missing sources being made first, in a transaction of
     * their own. What is read afterwards cannot be withdrawn before the caller has committed.
     *
     * @return a time by the database's clock, not after the lock was granted
     */
    Instant lock(Collection<String> sources);

    /** Returns the position that a row tells, if it tells one and is still valid; the rows are locked. */
    @Nullable
    Position valid(String source);

    /**
     * Writes a row; the rows are locked.
     *
     * @param asOf a time before all that was read for the report, by the database's clock: it is valid from then on
     */
    void write(String source, Freshness freshness, CopyState state, Instant asOf);

    /**
     * Has a row that tells a position tell a later one, to which the copy is moved in the same transaction; the rest stays as
     * it is. It comes last in its transaction.
     */
    void move(String source, Boundary to);

    /**
     * Takes {@code complete} and the position from the rows of sources of which nothing can be found out, and says why; the rows
     * are locked.
     *
     * @param known the sources whose rows are written otherwise
     * @param asOf as for {@link #write}
     */
    void withdrawOthers(Collection<String> known, String reason, Instant asOf);

    /**
     * Locks the rows and takes {@code complete} from the copy (the protocol's I3), whatever its source. It comes last in its
     * transaction.
     *
     * @param reason what the row says instead
     * @param anew whether its position goes too
     */
    void withdraw(String reason, boolean anew);

    /**
     * Locks the rows and takes {@code complete} and the position from those that tell one of an earlier epoch: the copy is about
     * to have rows of what the source has become, which may be older. It comes last in its transaction.
     *
     * @param epoch the epoch of what was written
     * @param reason what the row says instead
     */
    void withdrawBefore(int epoch, String reason);
}
