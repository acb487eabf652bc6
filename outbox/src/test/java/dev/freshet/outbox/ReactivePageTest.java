package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.outbox.r2dbc.R2dbcClient;
import dev.freshet.outbox.r2dbc.R2dbcOutbox;
import dev.freshet.outbox.vertx.VertxClient;
import dev.freshet.outbox.vertx.VertxOutbox;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The examples of docs/how-to/publish-from-reactive-code.md, run as they stand there. */
@OnServers
class ReactivePageTest {
    private static final Path PAGE = Path.of("..", "docs", "how-to", "publish-from-reactive-code.md");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();
    private TestDatabase database;
    private URLClassLoader examples;

    @BeforeEach
    void compile(TestDatabase own, @TempDir Path folder) throws Exception {
        database = own;
        Migration.run(own);
        own.execute("CREATE TABLE orders (id text PRIMARY KEY)");
        examples = PageExamples.compile(PAGE, folder);
    }

    @AfterEach
    void close() throws Exception {
        examples.close();
    }

    private Object example(String name, Object... arguments) throws Exception {
        Constructor<?> constructor = examples.loadClass(name).getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }

    private static Object place(Object orders, String id) throws Exception {
        Method place = orders.getClass().getDeclaredMethod("place", String.class);
        place.setAccessible(true);
        return place.invoke(orders, id);
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
        Object orders = example("R2dbcOrders", R2dbcClient.connections(database), R2dbcOutbox.create(outbox));
        UUID id = placed((Mono<?>) place(orders, "1"));
        assertEquals(id.toString(), database.text("SELECT id FROM freshet_outbox"));
        Mono<?> again = (Mono<?>) place(orders, "1");
        assertThrows(R2dbcDataIntegrityViolationException.class, () -> placed(again));
        assertOrders("1");
        database.execute("ALTER TABLE freshet_outbox RENAME TO elsewhere");
        Mono<?> failing = (Mono<?>) place(orders, "2");
        assertThrows(ConfigurationException.class, () -> placed(failing));
        database.execute("ALTER TABLE elsewhere RENAME TO freshet_outbox");
        assertOrders("1");
        Waiting.forLastSession(database);
    }

    @Test
    void r2dbcExample_rollsBackWhenItIsCancelled() throws Exception {
        Object orders = example("R2dbcOrders", R2dbcClient.connections(database), R2dbcOutbox.create(outbox));
        try (Connection other = database.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE freshet_outbox");
            Disposable order = ((Mono<?>) place(orders, "1")).subscribe();
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
            Object orders = example("VertxOrders", pool, VertxOutbox.create(outbox));
            Object id = placed((Future<?>) place(orders, "1"));
            assertEquals(id.toString(), database.text("SELECT id FROM freshet_outbox"));
            Future<?> again = (Future<?>) place(orders, "1");
            assertTrue(
                    assertThrows(ExecutionException.class, () -> placed(again)).getCause() instanceof PgException);
            database.execute("ALTER TABLE freshet_outbox RENAME TO elsewhere");
            Future<?> failing = (Future<?>) place(orders, "2");
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
