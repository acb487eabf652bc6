package dev.freshet.outbox.r2dbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventRefusedException;
import dev.freshet.outbox.Migration;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.outbox.Waiting;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What subscribing, demand and cancel do. */
@OnServers
class SubscriptionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final R2dbcOutbox outbox =
            R2dbcOutbox.create(SqlOutbox.table(Dialect.POSTGRESQL).build());
    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void begin(TestDatabase own) throws Exception {
        database = own;
        Migration.run(own);
        connection = Mono.from(R2dbcClient.connections(own).create()).block(LIMIT);
        end(connection.beginTransaction());
    }

    @AfterEach
    void close() {
        end(connection.close());
    }

    private static void end(Publisher<?> publisher) {
        Flux.from(publisher).then().block(LIMIT);
    }

    private static Event placed(String key) {
        return Event.builder("orders", "order-placed").key(key).payload(1).build();
    }

    /** Has the connection, and so its event loop, do something to its end. */
    private void roundTrip() {
        end(Flux.from(connection.createStatement("SELECT 1").execute()).concatMap(Result::getRowsUpdated));
    }

    private String events() throws Exception {
        return database.text("SELECT string_agg(event_key, ' ' ORDER BY id) FROM freshet_outbox");
    }

    @Test
    void nothingIsPublishedBeforeASubscription_andEachPublishesOnce() throws Exception {
        Publisher<UUID> publisher = outbox.publish(connection, placed("1"));
        end(connection.commitTransaction());
        assertEquals("null", events());
        end(connection.beginTransaction());
        UUID first = Mono.from(publisher).block(LIMIT);
        assertNotEquals(first, Mono.from(publisher).block(LIMIT));
        end(connection.commitTransaction());
        assertEquals("1 1", events());
    }

    @Test
    void refusedEvent_isRefusedToTheSubscriber() {
        Publisher<UUID> refused = outbox.publish(
                connection, Event.builder("orders", "t").payload(1).build());
        assertThrows(EventRefusedException.class, () -> Mono.from(refused).block(LIMIT));
    }

    @Test
    void subscriberThatTakesOneIdOnly_hasAllPublished() throws Exception {
        Mono.from(outbox.publish(connection, List.of(placed("1"), placed("2"), placed("3"))))
                .block(LIMIT);
        end(connection.commitTransaction());
        assertEquals("1 2 3", events());
    }

    @Test
    void ids_comeAsTheyAreAskedFor() throws Exception {
        BlockingQueue<UUID> ids = new LinkedBlockingQueue<>();
        AtomicBoolean complete = new AtomicBoolean();
        BaseSubscriber<UUID> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // asks for none yet
            }

            @Override
            protected void hookOnNext(UUID id) {
                ids.add(id);
            }

            @Override
            protected void hookOnComplete() {
                complete.set(true);
            }
        };
        outbox.publish(connection, List.of(placed("1"), placed("2"), placed("3")))
                .subscribe(subscriber);
        roundTrip();
        assertTrue(ids.isEmpty());
        subscriber.request(2);
        assertNotNull(ids.poll(30, TimeUnit.SECONDS));
        assertNotNull(ids.poll(30, TimeUnit.SECONDS));
        roundTrip();
        assertTrue(ids.isEmpty());
        assertFalse(complete.get());
        subscriber.request(1);
        assertNotNull(ids.poll(30, TimeUnit.SECONDS));
        roundTrip();
        assertTrue(complete.get());
    }

    @Test
    void cancel_letsTheStatementThatRunsEnd_andBeginsNone() throws Exception {
        try (java.sql.Connection other = database.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE freshet_outbox");
            BaseSubscriber<UUID> subscriber = new BaseSubscriber<>() {};
            outbox.publish(connection, List.of(placed("1"), placed("2"), placed("3")))
                    .subscribe(subscriber);
            Waiting.forLock(database);
            subscriber.cancel();
            other.commit();
        }
        end(connection.commitTransaction());
        assertEquals("1", events());
        end(connection.beginTransaction());
        end(outbox.publish(connection, placed("4")));
        end(connection.rollbackTransaction());
        assertEquals("1", events());
    }

    @Test
    void cancelAtAnyMoment_leavesTheRollbackAllOfIt() throws Exception {
        List<Event> events = List.of(placed("1"), placed("2"), placed("3"), placed("4"), placed("5"));
        // moments from 0 to 4 ms: that of a race without the gate comes about every 600th time
        for (int round = 0; round < 1000; round++) {
            BaseSubscriber<UUID> subscriber = new BaseSubscriber<>() {};
            long began = System.nanoTime();
            outbox.publish(connection, events).subscribe(subscriber);
            while (System.nanoTime() - began < round % 400 * 10_000L) {
                Thread.onSpinWait();
            }
            subscriber.cancel();
            end(connection.rollbackTransaction());
            end(connection.beginTransaction());
        }
        end(connection.commitTransaction());
        assertEquals("null", events());
    }

    @Test
    void statementThatHasBegun_isNotCancelled() {
        AtomicBoolean cancelled = new AtomicBoolean();
        new StatementGate()
                .begin(Mono.<Void>never().doOnCancel(() -> cancelled.set(true)))
                .subscribe()
                .dispose();
        assertFalse(cancelled.get());
    }

    @Test
    void statement_doesNotBeginAfterTheCancel() {
        StatementGate gate = new StatementGate();
        AtomicBoolean begun = new AtomicBoolean();
        Mono<Void> statement = gate.begin(Mono.fromRunnable(() -> begun.set(true)));
        gate.close();
        statement.block(LIMIT);
        assertFalse(begun.get());
    }
}
