package dev.freshet.capture.polling;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.internal.Session;
import org.jspecify.annotations.Nullable;

/**
 * Clears the outbox table, and the numbers of what is gone.
 *
 * <p>Implementation note. What the database showed at a moment has numbers once the log's thread has begun a look after it, and
 * ended it: until then the table is told to show nothing.
 */
final class PollingOutbox implements OutboxCleaner {
    /** Below every transaction. */
    private static final String NOTHING = "3:3:";

    private record Shown(OutboxSnapshot snapshot, long atNanos) {}

    private final Session session;
    private final PolledDatabase database;
    private final PolledDatabase.Clearing clearing;
    private final Numbers numbers;
    private final Progress progress;
    private @Nullable Shown pending;

    PollingOutbox(PolledDatabase database, Numbers numbers, Progress progress) {
        this.session = new Session(database::open, database::failed);
        this.database = database;
        this.clearing = database.clearing();
        this.numbers = numbers;
        this.progress = progress;
    }

    @Override
    public OutboxSnapshot snapshot() {
        Shown before = pending;
        long next = session.ask(
                "the numbers could not be read", c -> numbers.read(c).next());
        OutboxSnapshot covered = before == null
                ? null
                : progress.last()
                        .filter(p -> p.startedNanos() - before.atNanos() > 0)
                        .map(p -> new OutboxSnapshot(before.snapshot().text(), p.next()))
                        .orElse(null);
        if (before == null || covered != null) {
            OutboxSnapshot now = session.ask("the outbox's snapshot could not be taken", database::shown);
            pending = new Shown(now, System.nanoTime());
        }
        return covered == null ? new OutboxSnapshot(NOTHING, next) : covered;
    }

    @Override
    public int clear(OutboxSnapshot sent, OutboxRetention retention) {
        return session.ask("the outbox table could not be cleared", c -> {
            State state = numbers.read(c);
            int cleared = clearing.clear(c, sent, numbers.sentSeq(c, state, sent.lsn()), retention);
            numbers.forget(c, state);
            return cleared;
        });
    }

    @Override
    public void close() {
        session.close();
    }
}
