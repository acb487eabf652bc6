package dev.freshet.capture.postgres;

import dev.freshet.capture.internal.EventQueue;
import dev.freshet.capture.internal.ReaderThread;
import dev.freshet.capture.internal.Session;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log's stream on a thread of its own, decodes it and fills the queue. While the queue is full it reads nothing,
 * but goes on sending status, so that the server does not take it for dead.
 */
final class LogReader implements PgOutputDecoder.Sink {
    /** Says why a stream has ended. */
    interface Diagnosis {
        /**
         * Returns the exception for whoever polls.
         *
         * @param confirmedLsn up to which everything was durable elsewhere; 0 if nothing was said
         */
        FreshetException of(SQLException e, long confirmedLsn);
    }

    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final long FULL_WAIT_NANOS = 50_000_000;
    private static final int MAINTAIN_EVERY = 256;
    private static final int SIGNAL_EVERY = 256;

    private final Connection connection;
    private final WalStream stream;
    private final EventQueue<Object> queue;
    private final Diagnosis diagnosis;
    private final AtomicLong confirmed = new AtomicLong();
    private final Thread thread;
    private @Nullable PgOutputDecoder decoder;
    private volatile boolean closing;
    private int unsignalled;

    LogReader(String source, Connection connection, WalStream stream, EventQueue<Object> queue, Diagnosis diagnosis) {
        this.connection = connection;
        this.stream = stream;
        this.queue = queue;
        this.diagnosis = diagnosis;
        this.thread = new Thread(this::run, "freshet-log-" + source);
        this.thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @param with decodes into this reader
     */
    void start(PgOutputDecoder with) {
        decoder = with;
        thread.start();
    }

    /** Takes note of what may be acknowledged; by any thread. */
    void confirm(long lsn) {
        confirmed.accumulateAndGet(lsn, Math::max);
    }

    private void run() {
        FreshetException failure;
        try {
            loop();
            failure = new FreshetException("The log was closed");
        } catch (InterruptedException e) {
            failure = new FreshetException("The log's reader was interrupted", e);
            sendLast();
        } catch (SQLException e) {
            failure = closing ? new FreshetException("The log was closed", e) : diagnosis.of(e, confirmed.get());
        } catch (FreshetException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new FreshetException(
                    "The log could not be decoded: " + e.getMessage() + ". Nothing after it is read", e);
        }
        Session.closeQuietly(connection);
        queue.fail(failure);
    }

    private void loop() throws SQLException, InterruptedException {
        PgOutputDecoder decoding = decoder;
        if (decoding == null) {
            throw new IllegalStateException("The reader was started without a decoder");
        }
        int sinceMaintained = 0;
        while (!closing) {
            byte[] message = stream.next();
            if (message == null) {
                decoding.reached(stream.keepaliveLsn());
                signal();
                stream.confirm(confirmed.get());
                stream.maintain(true, true);
                sinceMaintained = 0;
                continue;
            }
            decoding.decode(message);
            if (++sinceMaintained >= MAINTAIN_EVERY) {
                sinceMaintained = 0;
                decoding.reached(stream.keepaliveLsn());
                stream.confirm(confirmed.get());
                stream.maintain(false, true);
            }
        }
        stream.confirm(confirmed.get());
        stream.flush();
    }

    /** Sends the last confirmation where the reader was stopped in the midst of a full queue. */
    private void sendLast() {
        try {
            stream.confirm(confirmed.get());
            stream.flush();
        } catch (SQLException e) {
            // the server keeps more of its log than it had to; the next confirmation mends that
            LOG.debug("The last confirmation could not be sent: {}", SqlErrors.text(e));
        }
    }

    private void signal() {
        if (unsignalled > 0) {
            unsignalled = 0;
            queue.signal();
        }
    }

    @Override
    public void accept(Object item, int bytes, boolean last) throws InterruptedException {
        boolean signal = last || ++unsignalled >= SIGNAL_EVERY;
        if (signal) {
            unsignalled = 0;
        }
        while (!queue.offer(item, bytes, signal, FULL_WAIT_NANOS)) {
            if (closing) {
                throw new InterruptedException("The log is being closed");
            }
            try {
                stream.confirm(confirmed.get());
                stream.maintain(true, false);
            } catch (SQLException e) {
                throw new RetriableException(
                        "The log's connection broke while the reader waited: " + SqlErrors.text(e), e);
            }
        }
    }

    /** Sends the last confirmation and ends the thread; a connection that does not answer is cut. */
    void close() {
        closing = true;
        ReaderThread.awaitEnd(thread, connection);
    }
}
