package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.outbox.r2dbc.R2dbcClient;
import dev.freshet.outbox.r2dbc.R2dbcOutbox;
import dev.freshet.outbox.vertx.VertxClient;
import dev.freshet.outbox.vertx.VertxOutbox;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The examples of docs/how-to/publish-from-reactive-code.md, run as they stand there. */
class ReactivePageTest extends OrdersPage {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    ReactivePageTest() {
        super("publish-from-reactive-code.md");
    }

    private static UUID placed(Mono<?> order) {
        return (UUID) order.block(LIMIT);
    }

    private static Object placed(Future<?> order) throws Exception {
        return order.toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void assertOrders(String expected) throws Exception {
        assertEquals(expected, database.text("SELECT string_agg(id, ' ' ORDER BY id) FROM orders"));
        assertEquals(
                expected, database.text("SELECT string_agg(event_key, ' ' ORDER BY event_key) FROM freshet_outbox"));
    }

    @Test
    void r2dbcExample_commitsOrderAndEventTogether_orNeither() throws Exception {
        Object orders = examples.example("R2dbcOrders", R2dbcClient.connections(database), R2dbcOutbox.create(outbox));
        UUID id = placed((Mono<?>) PageExamples.place(orders, "1"));
        assertEquals(id.toString(), database.text("SELECT id FROM freshet_outbox"));
        Mono<?> again = (Mono<?>) PageExamples.place(orders, "1");
        assertThrows(R2dbcDataIntegrityViolationException.class, () -> placed(again));
        assertOrders("1");
        database.execute("ALTER TABLE freshet_outbox RENAME TO elsewhere");
        Mono<?> failing = (Mono<?>) PageExamples.place(orders, "2");
        assertThrows(ConfigurationException.class, () -> placed(failing));
        database.execute("ALTER TABLE elsewhere RENAME TO freshet_outbox");
        assertOrders("1");
        Waiting.forLastSession(database);
    }

    @Test
    void r2dbcExample_rollsBackWhenItIsCancelled() throws Exception {
        Object orders = examples.example("R2dbcOrders", R2dbcClient.connections(database), R2dbcOutbox.create(outbox));
        try (Connection other = database.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE freshet_outbox");
            Disposable order = ((Mono<?>) PageExamples.place(orders, "1")).subscribe();
            Waiting.forLock(database);
            order.dispose();
            other.commit();
        }
        Waiting.forLastSession(database);
        assertOrders("null");
    }

    @Test
    void vertxExample_commitsOrderAndEventTogether_orNeither() throws Exception {
        Pool pool = VertxClient.pool(database);
        try {
            Object orders = examples.example("VertxOrders", pool, VertxOutbox.create(outbox));
            Object id = placed((Future<?>) PageExamples.place(orders, "1"));
            assertEquals(id.toString(), database.text("SELECT id FROM freshet_outbox"));
            Future<?> again = (Future<?>) PageExamples.place(orders, "1");
            assertTrue(
                    assertThrows(ExecutionException.class, () -> placed(again)).getCause() instanceof PgException);
            database.execute("ALTER TABLE freshet_outbox RENAME TO elsewhere");
            Future<?> failing = (Future<?>) PageExamples.place(orders, "2");
            assertTrue(
                    assertThrows(ExecutionException.class, () -> placed(failing))
                                    .getCause()
                            instanceof ConfigurationException);
            database.execute("ALTER TABLE elsewhere RENAME TO freshet_outbox");
            assertOrders("1");
        } finally {
            placed(pool.close());
        }
    }
}
