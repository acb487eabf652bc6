package dev.freshet.replica.port;

import dev.freshet.replica.StreamTarget;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stream rows of one replica, within the session's transaction: which fill each table holds. */
public interface StreamRows {
    /**
     * Adds a stream's row; one that speaks of another topic or table begins again, without a fill. A row that is as it should
     * be is not locked: a filler may hold it for long.
     *
     * @return whether the stream begins
     */
    boolean begin(StreamTarget target);

    /** Returns the rows, by stream. */
    List<StreamRow> read();

    /**
     * Locks a stream's row for the one filler until the transaction's end. It never waits.
     *
     * @return the row, or null if another session holds it
     */
    @Nullable
    StreamRow lock(String stream);

    /**
     * Has a stream's table filled anew: {@link PositionRows#claim} gives nobody a partition from then on; {@link
     * PositionRows#fence} keeps out who owns one. A row that is locked is left alone: it never waits.
     *
     * @param fill the fill that is at fault; a newer one is left alone
     * @param reason why, in a sentence
     * @return whether it was noted
     */
    boolean refill(String stream, long fill, String reason);

    /**
     * Remembers when the copy was last at the log's end; never an earlier time, and not while the table is to be filled. A row
     * that is locked is left alone.
     */
    void atEnd(String stream, long fill, Instant at);

    /** Stores a finished fill in a row that this session has locked: fill, topic's id, time and rows; no refill is asked for. */
    void filled(StreamRow row);
}
