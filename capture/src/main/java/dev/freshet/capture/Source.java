package dev.freshet.capture;

import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A database whose committed changes can be read in order.
 *
 * <p>Holds one ordinary connection, made anew when it has broken. Every method may throw {@link
 * dev.freshet.model.RetriableException} when the server cannot be reached, {@link
 * dev.freshet.model.ConfigurationException} when a setting, right or object does not fit. Belongs to one thread.
 */
public interface Source extends AutoCloseable {
    /** Asks the server who it is. */
    SourceIdentity identify();

    /** Returns the LSN up to which the server's log is on disk; below a cursor it means a restored volume. */
    long flushedLsn();

    /** Returns the finished timelines that led to the server's present one, oldest first; empty for the first. */
    List<TimelineRecord> timelines();

    /** Returns the slot, or empty if there is none of its name. */
    Optional<SlotState> slot();

    /**
     * Makes the slot; {@link #capture} comes first, since a change between slot and publication could not be decoded.
     *
     * @return the LSN from which it holds everything
     * @throws dev.freshet.model.ConfigurationException if one of its name exists, or the right or a free slot is missing
     */
    long createSlot();

    /**
     * Drops the slot, if it is there, and ends whoever reads it.
     *
     * @throws dev.freshet.model.ConfigurationException if it is not one of ours
     */
    void dropSlot();

    /**
     * Ends the server process that reads the slot, if there is one: a half-open connection of a relay that is fenced.
     *
     * @param pid as {@link SlotState#activePid()} gave it; nothing happens if another one reads by now
     */
    void terminateReader(int pid);

    /**
     * Checks the tables, makes the publication or adds to it what is missing (or accepts one that its owner made), and
     * takes tables out of it that are not asked for.
     *
     * @param tables all that is to be captured
     * @return the streams in the same order
     * @throws dev.freshet.model.ConfigurationException with every problem found, one a line, each naming the stream, the
     *     table and the way out
     */
    List<CapturedStream> capture(List<TableCapture> tables);

    /** Returns every problem that {@link #capture} would report, without changing anything. */
    List<CaptureProblem> check(List<TableCapture> tables);

    /**
     * Opens the log.
     *
     * @param server the server as it was when its history was compared: another one may answer at its address meanwhile
     * @param startLsn the end of a commit record: transactions that committed later are sent, also one of which a part is
     *     in the topics already
     * @param epoch the epoch of the positions
     * @param streams what {@link #capture} returned
     * @param options the server options, as {@link ChangeLog#options()} gave them, where the start lies inside a
     *     transaction; else null for the present ones
     * @throws dev.freshet.model.LossException if the slot is gone, invalid or ahead of the start; it tells that, without a
     *     full stop
     * @throws dev.freshet.model.RetriableException if the log is another server's, or was set back
     */
    ChangeLog open(
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> options);

    /**
     * Returns the reader of what an outbox table had before its rows came by the log; it uses a connection of its own. Empty if
     * the log gives every row of the table, from the first one on.
     *
     * @param outbox the table, captured before
     */
    Optional<OutboxReader> outbox(TableCapture outbox);

    /**
     * Returns what clears an outbox table; it uses a connection of its own.
     *
     * @param outbox the table, captured before
     */
    OutboxCleaner outboxCleaner(TableCapture outbox);

    /** Returns the reader of snapshots; it uses connections of its own. */
    SnapshotReader snapshots();

    /**
     * Samples clock, log and catalog; see {@link FreshnessSample}.
     *
     * @param known the catalog text by stream, all of which {@link #canCompare}
     */
    FreshnessSample sample(Map<String, String> known);

    /**
     * Returns whether a catalog text can be compared with. One that another version wrote may not be: what has happened to its
     * table since cannot be told from it.
     */
    boolean canCompare(String catalog);

    /** Writes a small transactional message into the log, so that an idle database's log can go. */
    void heartbeat();

    /** Drops slot and publication, if they are there. */
    void remove();

    /** Closes the connection; what was opened is closed by its owner. */
    @Override
    void close();
}
