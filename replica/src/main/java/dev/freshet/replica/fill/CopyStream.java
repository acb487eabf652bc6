package dev.freshet.replica.fill;

import dev.freshet.replica.apply.ByteSink;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A COPY that is begun with the first line and ended on demand; lines are gathered before they are sent. */
final class CopyStream {
    private static final Logger LOG = LoggerFactory.getLogger(CopyStream.class);
    private static final int SEND_BYTES = 64 << 10;

    private final Connection db;
    private final String sql;
    private final ByteSink lines = new ByteSink(2 * SEND_BYTES);
    private @Nullable CopyIn copy;

    CopyStream(Connection db, String sql) {
        this.db = db;
        this.sql = sql;
    }

    /** Returns where the next line's columns are to be written; {@link #endLine} follows. */
    ByteSink line() {
        return lines;
    }

    void endLine() throws SQLException {
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

    /** Ends the COPY, if one was begun; only then can the connection do something else. */
    void end() throws SQLException {
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
    void abort() {
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
