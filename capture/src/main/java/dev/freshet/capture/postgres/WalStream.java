package dev.freshet.capture.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * The copy-both stream of a replication connection: hands out the payloads of XLogData, answers keepalives, sends status
 * (PostgreSQL manual, "Streaming Replication Protocol").
 *
 * <p>It stands on pgjdbc's {@link CopyDual} rather than on its {@code PGReplicationStream}: that one hides keepalives and
 * their LSNs, by which an idle database's position moves on, wraps each message in two buffers, and from 42.7 on
 * acknowledges by itself. Nothing is acknowledged here but what {@link #confirm} was given.
 *
 * <p>Waiting: {@code readFromCopy(false)} looks at the buffer, then waits on the socket for a short while (see {@link
 * dev.freshet.capture.postgres.internal.PatientSocketFactory}) and is woken at once by data. At the end of the stream it
 * returns nothing without waiting; a run of such returns is settled by a read that blocks, which then fails or ends.
 *
 * <p>Belongs to the reader's thread.
 */
final class WalStream {
    /** Where the payload begins in a message that {@link #next} returns. */
    static final int PAYLOAD = 1 + 8 + 8 + 8;

    private static final int STATUS_BYTES = 1 + 8 + 8 + 8 + 8 + 1;
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final long QUICK_NANOS = 300_000;
    private static final int QUICK_LIMIT = 50;
    private static final long PROMPT_NANOS = 10_000_000;

    private final CopyDual copy;
    private final InstantSource clock;
    private final long statusNanos;
    private final long silenceNanos;
    private final byte[] status = new byte[STATUS_BYTES];
    private long received;
    private long keepaliveLsn;
    private long confirmed;
    private long sentConfirmed;
    private long lastSent;
    private long lastReceived;
    private int quickReturns;

    private WalStream(CopyDual copy, PostgresSettings settings, InstantSource clock) {
        this.copy = copy;
        this.clock = clock;
        this.statusNanos = settings.statusInterval().toNanos();
        this.silenceNanos = settings.silenceLimit().toNanos();
        this.lastSent = System.nanoTime();
        this.lastReceived = lastSent;
    }

    /**
     * Starts the stream.
     *
     * @param connection a replication connection, not used for anything else from here on
     * @param command {@code START_REPLICATION …}
     */
    static WalStream start(Connection connection, String command, PostgresSettings settings, InstantSource clock)
            throws SQLException {
        CopyDual copy = connection.unwrap(PGConnection.class).getCopyAPI().copyDual(command);
        return new WalStream(copy, settings, clock);
    }

    /**
     * Returns the next XLogData message, whose payload begins at {@link #PAYLOAD}, or null if none came within a few
     * milliseconds (a keepalive may have come).
     *
     * @throws SQLException if the connection broke, the server ended the stream or has been silent for too long
     */
    byte @Nullable [] next() throws SQLException {
        long began = System.nanoTime();
        byte[] message = copy.readFromCopy(quickReturns >= QUICK_LIMIT);
        if (message == null) {
            idle(began);
            return null;
        }
        quickReturns = 0;
        lastReceived = began;
        if (message[0] == 'w') {
            received = Math.max(received, Bytes.int8(message, 1));
            return message;
        }
        if (message[0] == 'k') {
            keepalive(message);
            return null;
        }
        throw new PSQLException(
                "The server sent a message of an unknown kind (" + message[0] + ") into the log's stream",
                PSQLState.PROTOCOL_VIOLATION);
    }

    private void idle(long began) throws SQLException {
        if (!copy.isActive()) {
            throw new PSQLException("The server ended the log's stream", PSQLState.CONNECTION_FAILURE);
        }
        long now = System.nanoTime();
        quickReturns = now - began < QUICK_NANOS ? quickReturns + 1 : 0;
        if (now - lastReceived > silenceNanos) {
            throw new PSQLException(
                    "The server has sent nothing for "
                            + Duration.ofNanos(now - lastReceived).toSeconds() + " s, although it was asked to answer",
                    PSQLState.CONNECTION_FAILURE);
        }
    }

    private void keepalive(byte[] message) throws SQLException {
        long end = Bytes.int8(message, 1);
        received = Math.max(received, end);
        keepaliveLsn = Math.max(keepaliveLsn, end);
        if (message[1 + 8 + 8] != 0) {
            send(System.nanoTime());
        }
    }

    /** Returns the highest LSN that a keepalive named; outside a transaction everything below it was sent. */
    long keepaliveLsn() {
        return keepaliveLsn;
    }

    /** Takes note of what is durable elsewhere; {@link #maintain} sends it. */
    void confirm(long lsn) {
        confirmed = Math.max(confirmed, lsn);
    }

    /**
     * Sends the status if it is due.
     *
     * @param idle whether nothing is to be read, so that a new confirmation may go at once
     * @param reading whether the stream is being read; if not, the server's silence is no sign
     */
    void maintain(boolean idle, boolean reading) throws SQLException {
        long now = System.nanoTime();
        if (!reading) {
            lastReceived = now;
        }
        boolean news = confirmed > sentConfirmed;
        if (now - lastSent >= statusNanos || (idle && news && now - lastSent >= PROMPT_NANOS)) {
            send(now);
        }
    }

    /** Sends the status now. */
    void flush() throws SQLException {
        send(System.nanoTime());
    }

    private void send(long now) throws SQLException {
        status[0] = 'r';
        Bytes.putInt8(status, 1, Math.max(received, confirmed));
        // 0 means "nothing said" to the server
        Bytes.putInt8(status, 9, confirmed);
        Bytes.putInt8(status, 17, confirmed);
        Bytes.putInt8(
                status, 25, Duration.between(POSTGRES_EPOCH, clock.instant()).toNanos() / 1000);
        // ask for an answer when nothing came for a while: a dead connection is found by its silence
        status[33] = (byte) (now - lastReceived > statusNanos ? 1 : 0);
        copy.writeToCopy(status, 0, STATUS_BYTES);
        copy.flushCopy();
        lastSent = now;
        sentConfirmed = confirmed;
    }
}
