package dev.freshet.replica.postgres.write;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A COPY that is begun with the first line and ended on demand; lines are gathered before they are sent. */
public final class CopyStream {
    private static final Logger LOG = LoggerFactory.getLogger(CopyStream.class);
    private static final int SEND_BYTES = 64 << 10;

    private final Connection db;
    private final String sql;
    private final ByteSink lines = new ByteSink(4096);
    private @Nullable CopyIn copy;

    /**
     * Creates a stream; nothing is sent yet.
     *
     * @param db where it is copied to; while a COPY is open the connection can do nothing else
     * @param sql a {@code COPY … FROM STDIN} in the text format
     */
    public CopyStream(Connection db, String sql) {
        this.db = db;
        this.sql = sql;
    }

    /** Returns where the next line's columns are to be written; {@link #endLine} follows. */
    public ByteSink line() {
        return lines;
    }

    /**
     * Ends a line, and sends what was gathered once it is enough.
     *
     * @throws SQLException the server's, also for a line that was sent before; {@link #abort} follows
     */
    public void endLine() throws SQLException {
        lines.put('\n');
        if (lines.length() >= SEND_BYTES) {
            send();
        }
    }

    private void send() throws SQLException {
        CopyIn c = copy;
        if (c == null) {
            c = db.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
            copy = c;
        }
        c.writeToCopy(lines.array(), 0, lines.length());
        lines.clear();
    }

    /**
     * Ends the COPY, if one was begun; only then can the connection do something else.
     *
     * @throws SQLException the server's, for any line; {@link #abort} follows
     */
    public void end() throws SQLException {
        if (lines.length() > 0) {
            send();
        }
        CopyIn c = copy;
        copy = null;
        if (c != null) {
            c.endCopy();
        }
    }

    /** Gives the COPY up, if one is open; the transaction cannot go on then. */
    public void abort() {
        CopyIn c = copy;
        copy = null;
        lines.clear();
        if (c != null && c.isActive()) {
            try {
                c.cancelCopy();
            } catch (SQLException e) {
                // the server answers a cancelled COPY with an error; what matters is that it is over
                LOG.debug("A COPY was cancelled", e);
            }
        }
    }
}
