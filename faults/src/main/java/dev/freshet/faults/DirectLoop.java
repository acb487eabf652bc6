package dev.freshet.faults;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.direct.DirectTransaction;
import dev.freshet.direct.Outcome;
import dev.freshet.faults.Steps.Step;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.outbox.Event;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.CompletionStage;

/**
 * The part of the service that publishes straight to Kafka, one transaction after the other: some are rolled back, and some events
 * are published a second time after their commit. Its keys are its own, since it alone puts their events in order.
 */
final class DirectLoop extends SqlLoop {
    private static final long PAUSE_NANOS = 10_000_000;

    private final ServiceSettings settings;
    private final DirectPublisher direct;
    private final DirectAnswers answers;
    private final Steps steps;
    private final int life;
    private final Random random;
    private final Requests requests;

    DirectLoop(
            ServiceSettings settings, DirectPublisher direct, DirectAnswers answers, Steps steps, int life, long seed) {
        super(PAUSE_NANOS);
        this.settings = settings;
        this.direct = direct;
        this.answers = answers;
        this.steps = steps;
        this.life = life;
        this.random = new Random(seed);
        this.requests = new Requests(Way.DIRECT, random);
    }

    @Override
    Connection connect() throws SQLException {
        return settings.connect(Way.DIRECT);
    }

    @Override
    void turn(Connection c) throws SQLException {
        Request request = requests.next();
        try (DirectTransaction tx = direct.begin(watched(c))) {
            steps.done(Way.DIRECT, Step.BEGUN);
            long number = ToldTable.lock(c, request.key());
            steps.done(Way.DIRECT, Step.LOCKED);
            ToldTable.insert(c, request, number, life);
            steps.done(Way.DIRECT, Step.TOLD);
            Event event = request.event(number);
            tx.publish(event);
            steps.done(Way.DIRECT, Step.PUBLISHED);
            if (random.nextInt(8) > 0) {
                CompletionStage<Outcome> stage = tx.commit().get(0);
                answers.await(request.id(), stage);
                if (random.nextInt(4) == 0) {
                    answers.await(request.id(), direct.publish(event));
                }
            }
        } catch (RetriableException e) {
            if (e.getCause() instanceof SQLException away) {
                throw away;
            }
            // the queue is full: the client hears that, and what was not committed is rolled back
        } catch (FreshetException e) {
            throw Away.cause(e);
        }
    }

    /** Returns a connection that tells of its commit before anything else can follow. */
    private Connection watched(Connection c) {
        return (Connection) Proxy.newProxyInstance(
                DirectLoop.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(c, arguments);
                        if (method.getName().equals("commit")) {
                            steps.done(Way.DIRECT, Step.COMMITTED);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}
