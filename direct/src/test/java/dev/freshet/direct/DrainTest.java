package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which rows of the table have their turn. */
@OnServers
class DrainTest {
    private static final EventIds IDS = new EventIds(InstantSource.system());

    private static Entry entry(String key) {
        PublishedEvent event =
                new PublishedEvent(IDS.next(), "orders", key, "t", "text/plain", Map.of(), new byte[] {1});
        return Entry.drained(-1, event, "shop.orders", "2026-01-02T03:04:05.678901Z");
    }

    private static Entry keyless(String type) {
        PublishedEvent event =
                new PublishedEvent(IDS.next(), "orders", null, type, "text/plain", Map.of(), new byte[] {1});
        return Entry.drained(-1, event, "shop.orders", "2026-01-02T03:04:05.678901Z");
    }

    private static UndeliveredTable table(TestDatabase database, List<Entry> rows) throws Exception {
        UndeliveredTable table = new UndeliveredTable(World.table(database), "shop");
        table.transact("Keeping", connection -> {
            table.insert(connection, rows);
            return true;
        });
        return table;
    }

    private static Drain drain(
            UndeliveredTable table,
            Supplier<CompletableFuture<Void>> refresh,
            Consumer<List<Entry>> sender,
            Duration delivery) {
        return new Drain(new EventLoop("drain", Throwable::printStackTrace), table, refresh, sender, delivery);
    }

    private static void stop(Drain drain) throws InterruptedException {
        drain.finish();
        drain.stop(World.LIMIT);
    }

    /** Takes keys that begin with good. */
    private static void send(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.event.key().startsWith("good")) {
                entry.outcome.complete(Outcome.SENT);
            } else {
                entry.outcome.completeExceptionally(new RetriableException("its topic is away"));
            }
        }
    }

    @Test
    void rowsThatCannotBeSentNow_doNotKeepOthersFromBeingSent(TestDatabase database) throws Exception {
        List<Entry> rows = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            rows.add(entry("bad" + i));
        }
        rows.add(entry("good1"));
        rows.add(entry("bad0"));
        rows.add(entry("good2"));
        UndeliveredTable table = table(database, rows);
        Drain drain = drain(table, () -> CompletableFuture.completedFuture(null), DrainTest::send, Duration.ZERO);
        drain.start();
        World.until(() -> table.count() == 131);
        stop(drain);
        assertEquals(
                "0",
                database.text("SELECT count(*) FROM freshet_undelivered WHERE key_hash IN ('"
                        + new LaneKey("orders", "good1").hash() + "', '" + new LaneKey("orders", "good2").hash()
                        + "')"));
    }

    @Test
    void rowsWithoutAKey_thatCannotBeSentNow_haveTheirTurnAgainBehindAllOthers(TestDatabase database) throws Exception {
        List<Entry> rows = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            rows.add(keyless(i < 150 ? "bad" : "good"));
        }
        UndeliveredTable table = table(database, rows);
        List<String> tried = new CopyOnWriteArrayList<>();
        Drain drain = drain(
                table,
                () -> CompletableFuture.completedFuture(null),
                entries -> entries.forEach(entry -> {
                    tried.add(entry.event.type());
                    if (entry.event.type().equals("good")) {
                        entry.outcome.complete(Outcome.SENT);
                    } else {
                        entry.outcome.completeExceptionally(new RetriableException("its topic is away"));
                    }
                }),
                Duration.ZERO);
        drain.start();
        World.until(() -> table.count() == 150);
        stop(drain);
        int last = tried.lastIndexOf("good");
        assertEquals(
                150, tried.subList(0, last).stream().filter("bad"::equals).count(), "each was tried once until then");
    }

    @Test
    void rowsWithoutAKey_areSent_whileItIsNotKnownWhichKeysAreParked(TestDatabase database) throws Exception {
        UndeliveredTable table = table(database, List.of(entry("good1"), keyless("t"), entry("good2"), keyless("t")));
        Drain drain = drain(
                table,
                CompletableFuture::new,
                entries -> entries.forEach(entry -> entry.outcome.complete(Outcome.SENT)),
                Duration.ZERO);
        drain.start();
        World.until(() -> table.count() == 2);
        stop(drain);
        assertEquals("2", database.text("SELECT count(key_hash) FROM freshet_undelivered"));
    }

    /** The rows are locked, and the letters' topic may not answer for as long as Kafka's client waits. */
    @Test
    void askingForTheParkedKeys_isGivenUpSoon_andDoneAgain(TestDatabase database) throws Exception {
        UndeliveredTable table = table(database, List.of(entry("good")));
        CompletableFuture<Void> unanswered = new CompletableFuture<>();
        Iterator<CompletableFuture<Void>> answers = List.of(unanswered, CompletableFuture.<Void>completedFuture(null))
                .iterator();
        Drain drain = drain(table, answers::next, DrainTest::send, Duration.ofHours(1));
        drain.start();
        World.until(() -> table.count() == 0);
        stop(drain);
        assertTrue(unanswered.isCancelled(), "nobody waits for it any more");
    }
}
