package dev.freshet.capture.polling;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import java.util.Optional;
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

    /**
     * What the table showed.
     *
     * @param session to whom: of a server that has taken the place of this one, or that has begun again, it says nothing, since its
     *     transactions may have the ids of others
     */
    private record Shown(OutboxSnapshot snapshot, long atNanos, int session) {}

    private final PolledQuestions questions;
    private final PollingRuntime runtime;
    private final Progress progress;
    private @Nullable Shown pending;

    PollingOutbox(PolledStore store, PollingRuntime runtime, Progress progress) {
        this.questions = new PolledQuestions(store);
        this.runtime = runtime;
        this.progress = progress;
    }

    @Override
    public OutboxSnapshot snapshot() {
        long next =
                questions.ask("the numbers could not be read", s -> s.state().next());
        Shown before = pending != null && pending.session() == questions.session() ? pending : null;
        OutboxSnapshot covered = before == null
                ? null
                : progress.last()
                        .filter(p -> p.startedNanos() - before.atNanos() > 0)
                        .map(p -> new OutboxSnapshot(before.snapshot().text(), p.next()))
                        .orElse(null);
        if (before == null || covered != null) {
            OutboxSnapshot now = questions.ask("the outbox's snapshot could not be taken", PolledSession::shown);
            pending = new Shown(now, runtime.nanoTime(), questions.session());
        }
        return covered == null ? new OutboxSnapshot(NOTHING, next) : covered;
    }

    @Override
    public int clear(OutboxSnapshot sent, OutboxRetention retention) {
        return questions.ask("the outbox table could not be cleared", s -> {
            State state = s.state();
            int cleared = s.clear(sent, s.sentSeq(state, sent.lsn()), retention);
            s.forget(state);
            return cleared;
        });
    }

    @Override
    public Optional<String> problem() {
        return questions.ask("the rights to clear the outbox table could not be read", PolledSession::clearingProblem);
    }

    @Override
    public void close() {
        questions.close();
    }
}
