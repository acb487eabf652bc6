package dev.freshet.capture;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads tables beside the log, in chunk windows. The order in which its methods are used, and why, is the protocol's
 * (ARCHITECTURE.md, "Snapshots beside the log"); this port only gives the steps.
 *
 * <p>One window at a time. Belongs to one thread; the reading itself goes on in the background, so that no method waits
 * for rows.
 */
public interface SnapshotReader extends AutoCloseable {
    /** Allots a transaction id and gives it back by a commit; everything that began before has a lower one. */
    long allotTransactionId();

    /** Returns whether every transaction below the id has ended, in the eyes of a new snapshot. */
    boolean allEndedBelow(long xid);

    /**
     * Returns those of the transactions whose effects a new snapshot does not show yet.
     *
     * @param xids 64-bit ids of committed transactions
     */
    Set<Long> invisible(Collection<Long> xids);

    /** Commits a watermark into the log. */
    void mark(String text);

    /** Returns roughly how many rows a stream's table has, by the server's statistics; -1 if it does not know. */
    long estimateRows(String stream);

    /**
     * Begins to read a window of a stream's table: several chunks side by side under one snapshot taken now.
     *
     * @param stream the stream
     * @param resume where to begin: {@link WindowRows#resume()} of the window before, or empty for the first
     * @param mostRows about how many rows to read at most, above zero; the reader's own limits hold too
     * @throws dev.freshet.model.LossException if the table was rewritten since, so that {@code resume} means nothing any
     *     more; begin again with empty
     * @throws dev.freshet.model.RetriableException if it cannot be begun now, also since a right is missing
     * @throws dev.freshet.model.ConfigurationException if the table is not one that can be captured
     */
    void startWindow(String stream, String resume, long mostRows);

    /**
     * Returns the window's rows once all are read; empty while the reading goes on.
     *
     * @throws dev.freshet.model.RetriableException if the reading failed; the window is gone and may be begun again
     * @throws dev.freshet.model.ConfigurationException if the table is not one that can be captured
     */
    Optional<WindowRows> pollWindow();

    /** Stops a reading or look-up that is under way, if there is one, and closes what was kept for the stream's next. */
    void cancelWindow();

    /**
     * Begins to look up keys in a stream's table, under one snapshot taken now. It takes the place of a window.
     *
     * @param stream the stream
     * @param keys keys as records have them, a bounded number; the list and what is in it stay as they are
     */
    void startLookup(String stream, List<byte[]> keys);

    /**
     * Returns, once the look-up has ended, those of the keys that the table has, with the same bytes; empty while it goes on. A
     * key that no row can have now, since its columns are others or have another type, is not among them.
     *
     * @throws dev.freshet.model.RetriableException if the look-up failed; it may be begun again
     * @throws dev.freshet.model.ConfigurationException if the table is not one that can be captured
     */
    Optional<Set<ByteBuffer>> pollLookup();

    /** Closes all connections. */
    @Override
    void close();
}
