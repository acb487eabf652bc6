package dev.freshet.simulation;

import dev.freshet.capture.polling.Writer;
import dev.freshet.simulation.PolledData.Row;
import java.util.ArrayList;
import java.util.List;

/** A transaction that publishes events by rows, and is open. */
final class PolledTx {
    final long xid;
    final List<Row> rows = new ArrayList<>();
    /** Whether it has committed, but cannot be seen yet. */
    boolean decided;

    private final String session;
    private Writer.Kind kind;

    PolledTx(long xid, int session, Writer.Kind kind) {
        this.xid = xid;
        this.session = "session" + session;
        this.kind = kind;
    }

    /** The statement that it began with has ended. */
    void begun() {
        if (kind == Writer.Kind.STATEMENT) {
            kind = Writer.Kind.TRANSACTION;
        }
    }

    void prepare() {
        kind = Writer.Kind.DETACHED;
    }

    boolean isPrepared() {
        return kind == Writer.Kind.DETACHED;
    }

    /** Returns whether it goes on after its session. */
    boolean isSafe() {
        return decided || isPrepared();
    }

    boolean locks(String key) {
        return rows.stream()
                .anyMatch(row -> key.equals(row.event().stream() + row.event().key()));
    }

    /** Returns it as the database shows it: under another name each time it has become something else. */
    Writer writer() {
        String id = kind == Writer.Kind.STATEMENT ? "statement of " + session : kind + " " + xid;
        return new Writer(id, kind == Writer.Kind.DETACHED ? id : session, kind);
    }
}
