package dev.freshet.replica.port;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The position rows of one replica, within the session's transaction. A row is locked by whoever has written it until that
 * transaction ends; the others wait, for a limited time.
 */
public interface PositionRows {
    /**
     * Takes a partition over: bumps the generation under the row's lock, and then reads the row.
     *
     * @return the partition as it is now, or null if the stream's table is not filled (or about to be filled anew)
     */
    @Nullable
    Owned claim(String stream, int partition);

    /**
     * Moves partitions on, those whose fill and generation are the given ones.
     *
     * @param partitions as they shall be
     * @return how many were moved; fewer than given if one of them has another owner by now, and the caller rolls back
     */
    int advance(List<Owned> partitions);

    /** Returns the rows of the fills that the tables hold now, by stream and partition. */
    List<Owned> read();

    /**
     * Bumps the generations of a stream, so that whoever owns a partition finds at its next commit that it does not any more.
     * It waits for those who are committing, so that the caller must not hold the lock of the reports.
     */
    void fence(String stream);

    /** Waits for whoever is committing, keeps everybody else out until the end, and returns the highest generation, or 0. */
    long lock(String stream);

    /** Puts rows in the place of all that a stream has; the caller has locked them. */
    void replace(String stream, List<Owned> rows);
}
