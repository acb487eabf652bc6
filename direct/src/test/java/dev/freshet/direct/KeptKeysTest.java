package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which keys are held for such as have rows in the table. */
@OnServers
class KeptKeysTest {
    private static final int MOST = 2;

    private final EventLoop loop = new EventLoop("loop", Throwable::printStackTrace);
    private final EventLoop keeperThread = new EventLoop("keeper", Throwable::printStackTrace);
    private TestDatabase database;
    private DataSource source;
    private UndeliveredTable table;
    private KeptKeys kept;

    @BeforeEach
    void open(TestDatabase own) throws Exception {
        database = own;
        source = World.table(own);
        table = new UndeliveredTable(source, "shop");
        kept = new KeptKeys(loop, Optional.of(new Keeper(keeperThread, table)), MOST);
    }

    @AfterEach
    void close() {
        loop.stop();
        keeperThread.stop();
    }

    private <T> T onLoop(Supplier<T> work) throws Exception {
        return CompletableFuture.supplyAsync(work, loop::execute).get(World.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static Lane lane(String key) {
        return new Lane(Optional.of(new LaneKey("orders", key)));
    }

    private void keep(String... keys) {
        List<Entry> rows = Stream.of(keys).map(KeptKeysTest::row).toList();
        table.transact("Keeping", connection -> {
            table.insert(connection, rows);
            return true;
        });
    }

    private static Entry row(String key) {
        PublishedEvent event = new PublishedEvent(
                new EventIds(InstantSource.system()).next(), "orders", key, "t", "text/plain", Map.of(), new byte[] {1
                });
        return Entry.drained(-1, event, "shop.orders", "2026-01-02T03:04:05.678901Z");
    }

    private void begin() throws Exception {
        onLoop(() -> {
            kept.begin(table.keys(MOST + 1));
            return true;
        });
    }

    private void written(String key) throws Exception {
        onLoop(() -> {
            kept.kept(lane(key));
            return true;
        });
    }

    private boolean mayHave(String key) throws Exception {
        return onLoop(() -> kept.mayHave(lane(key)));
    }

    private int size() throws Exception {
        return onLoop(kept::size);
    }

    @Test
    void keyWhoseRowsWereSent_isLetGo_alsoIfAnotherHasSentThem() throws Exception {
        keep("a");
        begin();
        keep("b");
        written("b");
        assertTrue(mayHave("a") && mayHave("b"));
        database.execute(
                "DELETE FROM freshet_undelivered WHERE key_hash = '" + new LaneKey("orders", "a").hash() + "'");
        World.until(() -> !mayHave("a"));
        assertTrue(mayHave("b"));
        database.execute("DELETE FROM freshet_undelivered");
        World.until(() -> !mayHave("b"));
        assertEquals(0, size());
    }

    @Test
    void moreKeysThanItHolds_eachMayHaveRows_untilTheyAreFewerAgain() throws Exception {
        begin();
        assertFalse(mayHave("other"));
        keep("a", "b", "c");
        for (String key : List.of("a", "b", "c")) {
            written(key);
            assertTrue(size() <= MOST);
        }
        assertTrue(mayHave("a") && mayHave("other"));
        database.execute(
                "DELETE FROM freshet_undelivered WHERE key_hash = '" + new LaneKey("orders", "a").hash() + "'");
        World.until(() -> !mayHave("other"));
        assertTrue(mayHave("b") && mayHave("c"));
        assertFalse(mayHave("a"));
    }

    @Test
    void lane_whoseKeyHasNoRows_isNotAskedForAgain_untilSomeAreWritten() throws Exception {
        keep("a", "b", "c");
        begin();
        Lane other = lane("other");
        onLoop(() -> {
            assertTrue(kept.mayHave(other));
            kept.free(other);
            assertFalse(kept.mayHave(other));
            kept.unsure(other);
            assertTrue(kept.mayHave(other));
            kept.kept(other);
            return true;
        });
        assertTrue(onLoop(() -> kept.mayHave(other)));
    }

    @Test
    void publisher_holdsBackTheKeysThatHaveRows_howeverManyThereAre(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        try (World world = new World(kafka.bootstrapServers(), prefix.name("shop")).makeTopic(Map.of());
                Connection other = database.connect();
                Statement rows = other.createStatement()) {
            other.setAutoCommit(false);
            rows.execute(
                    "INSERT INTO freshet_undelivered (source, key_hash, id, stream, event_type, topic, event_time, event)"
                            + " SELECT '" + world.source
                            + "', encode(sha256('orders'::bytea || '\\x00'::bytea || ('k' || i)::bytea), 'hex'), '', 'orders', 't', '"
                            + world.topic + "', '', '' FROM generate_series(0, " + KeptKeys.MOST + ") i");
            other.commit();
            rows.execute("SELECT 1 FROM freshet_undelivered FOR UPDATE");
            try (DirectPublisher direct = world.publisher().undelivered(source).build()) {
                assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("other", "1"))));
                assertEquals(Outcome.KEPT, World.outcome(direct.publish(World.order("k0", "1"))));
                assertEquals(Outcome.KEPT, World.outcome(direct.publish(World.order("k" + KeptKeys.MOST, "1"))));
                assertEquals(Outcome.SENT, World.outcome(direct.publish(World.order("other", "2"))));
            }
            assertEquals(List.of("1", "2"), world.values("other"));
        }
    }
}
