package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.outbox.CommitUnknownException;
import dev.freshet.outbox.EventRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events of a transaction go out after its commit, and never otherwise. */
@OnServers
class DirectTransactionTest {
    private World world;
    private DirectPublisher direct;
    private TestDatabase database;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase own) throws Exception {
        world = new World(kafka.bootstrapServers(), prefix.name("shop")).makeTopic(Map.of());
        direct = world.publisher()
                .maxBytes(1000)
                .capacity(2, 100_000)
                .blockFor(Duration.ofMillis(100))
                .build();
        database = own;
        database.execute("CREATE TABLE orders (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
    }

    @AfterEach
    void close() {
        direct.close();
        world.close();
    }

    private static void insert(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders VALUES (" + id + ")");
        }
    }

    private String orders() throws SQLException {
        return database.text("SELECT string_agg(id::text, ' ' ORDER BY id) FROM orders");
    }

    /** What was published before it is in the topic. */
    private List<String> sent() throws Exception {
        assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("mark", "1"))));
        return world.values("a");
    }

    @Test
    void events_areSentAfterTheCommit_andNotBefore() throws Exception {
        try (Connection connection = database.connect()) {
            try (DirectTransaction tx = direct.begin(connection)) {
                insert(connection, 1);
                tx.publish(World.order("a", "1"));
                assertEquals(List.of(), sent(), "not before the commit");
                List<CompletionStage<Outcome>> stages = tx.commit();
                assertEquals("1", orders());
                World.assertOutcomes(Outcome.SENT, stages);
                assertEquals(1, stages.size());
            }
            assertTrue(connection.getAutoCommit(), "as it was before");
            assertFalse(connection.isClosed());
        }
        assertEquals(List.of("1"), sent());
    }

    @Test
    void rollback_sendsNothing_andGivesItsRoomBack() throws Exception {
        try (Connection connection = database.connect()) {
            try (DirectTransaction tx = direct.begin(connection)) {
                insert(connection, 1);
                tx.publish(World.order("a", "1"));
                assertEquals(1, direct.status().queuedEvents());
            }
            assertEquals("null", orders());
            assertEquals(0, direct.status().queuedEvents());
        }
        assertEquals(List.of(), sent());
    }

    @Test
    void commitThatFails_sendsNothing() throws Exception {
        database.execute("INSERT INTO orders VALUES (1)");
        try (Connection connection = database.connect()) {
            try (DirectTransaction tx = direct.begin(connection)) {
                insert(connection, 1);
                tx.publish(World.order("a", "1"));
                FreshetException e = assertThrows(FreshetException.class, tx::commit);
                assertTrue(e.getMessage().contains("could not be committed (SQLSTATE 23505)"), e.getMessage());
            }
        }
        assertEquals(List.of(), sent());
        assertEquals(0, direct.status().queuedEvents());
    }

    @Test
    void lostConnection_leavesOpenWhetherItCommitted_andSendsNothing() throws Exception {
        try (Connection connection = database.connect()) {
            DirectTransaction tx = direct.begin(connection);
            insert(connection, 1);
            tx.publish(World.order("a", "1"));
            database.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND state = 'idle in transaction'");
            CommitUnknownException e = assertThrows(CommitUnknownException.class, tx::commit);
            assertTrue(e.getMessage().contains("whose events are not sent, may have been committed"), e.getMessage());
            // its rollback has no connection either
            assertThrows(FreshetException.class, tx::close);
        }
        assertEquals(List.of(), sent());
        assertEquals(0, direct.status().queuedEvents());
    }

    @Test
    void commitAfterThePublisherWasClosed_saysSoOfItsEvents() throws Exception {
        try (Connection connection = database.connect();
                DirectTransaction tx = direct.begin(connection)) {
            tx.publish(World.order("a", "1"));
            direct.close();
            Throwable e = World.failure(tx.commit().get(0));
            assertTrue(e.getMessage().contains("the publisher is closed"), e.getMessage());
            assertEquals(0, direct.status().queuedEvents());
        }
    }

    @Test
    void eventThatIsRefused_isRefusedInsideTheTransaction() throws Exception {
        try (Connection connection = database.connect()) {
            try (DirectTransaction tx = direct.begin(connection)) {
                insert(connection, 1);
                tx.publish(World.order("a", "1"));
                assertThrows(EventRefusedException.class, () -> tx.publish(World.order("a", "x".repeat(1000))));
                tx.publish(World.order("a", "2"));
                RetriableException e = assertThrows(RetriableException.class, () -> tx.publish(World.order("a", "3")));
                assertTrue(e.getMessage().contains("2 of 2 events"), e.getMessage());
                World.assertOutcomes(Outcome.SENT, tx.commit());
                assertThrows(IllegalStateException.class, () -> tx.publish(World.order("a", "4")));
                assertThrows(IllegalStateException.class, tx::commit);
            }
        }
        assertEquals(List.of("1", "2"), sent());
    }
}
