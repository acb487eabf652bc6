package dev.freshet.faults;

import dev.freshet.direct.Outcome;
import dev.freshet.faults.Steps.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes down what has become of each event that was published straight to Kafka. What it has not written when the process is
 * killed nobody has been told.
 */
final class DirectAnswers extends SqlLoop {
    private static final long PAUSE_NANOS = 50_000_000;
    private static final int MOST = 500;

    /** How the outcome of an event begins that has gone nowhere. */
    static final String FAILED = "failed: ";

    private final ServiceSettings settings;
    private final Steps steps;
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicLong open = new AtomicLong();

    private record Answer(UUID id, String outcome) {}

    DirectAnswers(ServiceSettings settings, Steps steps) {
        super(PAUSE_NANOS);
        this.settings = settings;
        this.steps = steps;
    }

    /** Has an event's outcome written once it is there. Any thread. */
    void await(UUID id, CompletionStage<Outcome> stage) {
        open.incrementAndGet();
        stage.whenComplete((outcome, e) -> {
            steps.done(Way.DIRECT, Step.ANSWERED);
            answers.add(new Answer(id, e == null ? outcome.name() : FAILED + e.getMessage()));
        });
    }

    /** Returns how many are not written yet. Any thread. */
    long open() {
        return open.get();
    }

    @Override
    Connection connect() throws SQLException {
        return settings.connect(Way.DIRECT);
    }

    @Override
    void turn(Connection c) throws SQLException {
        List<Answer> some = new ArrayList<>();
        for (Answer answer : answers) {
            if (some.size() == MOST) {
                break;
            }
            some.add(answer);
        }
        if (some.isEmpty()) {
            return;
        }
        try (PreparedStatement s =
                c.prepareStatement("INSERT INTO told_answer VALUES (?, ?) ON CONFLICT (id) DO NOTHING")) {
            for (Answer answer : some) {
                s.setObject(1, answer.id());
                s.setString(2, answer.outcome());
                s.addBatch();
            }
            s.executeBatch();
        }
        c.commit();
        for (Answer answer : some) {
            answers.remove(answer);
            open.decrementAndGet();
        }
    }
}
