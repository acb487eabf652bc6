package dev.freshet.capture;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The source's log from a position on: transactions in the order of their commits, none interleaved.
 *
 * <p>An implementation may read ahead on a thread of its own, within a limit in bytes that its settings give; a failure
 * there comes out of the next {@link #poll}. {@code poll}, {@code confirm} and {@code close} belong to one thread.
 */
public interface ChangeLog extends AutoCloseable {
    /**
     * Returns the next events, in order.
     *
     * @param wait how long to wait for the first one
     * @return a bounded number of events, possibly none; the list is the caller's
     * @throws dev.freshet.model.RetriableException if the connection is lost; open again at the cursor
     * @throws dev.freshet.model.LossException if the slot was dropped or invalidated; it tells that, without a full stop
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    List<LogEvent> poll(Duration wait) throws InterruptedException;

    /**
     * Tells the source that everything up to the LSN is durable elsewhere and may go. It takes effect within the status
     * interval.
     *
     * @param lsn the LSN of a durable boundary
     */
    void confirm(long lsn);

    /** Returns the server options under which the log is decoded (publications, messages, protocol version). */
    Map<String, String> options();

    /** Ends the reading; the slot stays. */
    @Override
    void close();
}
