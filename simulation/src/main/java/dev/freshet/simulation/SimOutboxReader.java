package dev.freshet.simulation;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.model.RetriableException;
import dev.freshet.simulation.Rules.Rule;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A connection to the outbox table of a {@link SimDatabase}. */
final class SimOutboxReader implements OutboxReader, OutboxCleaner {
    private final SimDatabase db;
    private final Rules rules;
    private final Calls calls;
    private int run;

    SimOutboxReader(SimDatabase db, Rules rules, Calls calls) {
        this.db = db;
        this.rules = rules;
        this.calls = calls;
        this.run = db.run;
    }

    private static RetriableException lost() {
        return new RetriableException("The connection to the outbox is lost");
    }

    /** Uses the connection, which is lost once the server has ended. */
    private void ask() {
        if (calls.call() != Calls.Trouble.NONE) {
            throw lost();
        }
        requireServer();
    }

    private void requireServer() {
        if (run != db.run) {
            run = db.run;
            throw lost();
        }
        if (db.sealed) {
            throw new RetriableException("The server does not take connections yet");
        }
    }

    @Override
    public long allotTransactionId() {
        ask();
        return db.nextXid++;
    }

    @Override
    public OutboxSnapshot snapshot() {
        ask();
        if (!rules.hold(Rule.LOG_BEHIND_SNAPSHOT)) {
            long lsn = db.end;
            ask();
            return new OutboxSnapshot(text(), lsn);
        }
        String text = text();
        ask();
        return new OutboxSnapshot(text, db.end);
    }

    /** Without the rule, whatever was open seems to have ended. */
    private String text() {
        String text = db.outbox.snapshot();
        return rules.hold(Rule.JOIN_BEHIND_OPEN) ? text : db.nextXid + text.substring(text.indexOf(':'));
    }

    @Override
    public List<Row> read(Part part, OutboxSnapshot snapshot, @Nullable UUID after, int most) {
        ask();
        return db.outbox.rows().values().stream()
                .filter(row -> snapshot.shows(row.xid()))
                .map(SimOutbox.Row::event)
                .filter(event -> part.streams().contains(event.stream()) != part.others())
                .filter(event -> after == null || event.id().compareTo(after) > 0)
                .limit(most)
                .map(Row::of)
                .toList();
    }

    @Override
    public Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    public int clear(OutboxSnapshot sent, OutboxRetention retention) {
        Calls.Trouble trouble = calls.call();
        requireServer();
        if (trouble == Calls.Trouble.BEFORE) {
            throw lost();
        }
        int cleared = db.outbox.clear(
                rules.hold(Rule.CLEAR_WHAT_IS_SENT) ? sent : new OutboxSnapshot(db.outbox.snapshot(), db.end));
        if (trouble == Calls.Trouble.AFTER) {
            throw lost();
        }
        return cleared;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
