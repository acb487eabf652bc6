package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.RetriableException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
        UndeliveredTable table = new UndeliveredTable(World.table(database), "shop");
        List<Entry> rows = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            rows.add(entry("bad" + i));
        }
        rows.add(entry("good1"));
        rows.add(entry("bad0"));
        rows.add(entry("good2"));
        table.transact("Keeping", connection -> {
            table.insert(connection, rows);
            return true;
        });
        Drain drain = new Drain(
                new EventLoop("drain", Throwable::printStackTrace),
                table,
                () -> CompletableFuture.completedFuture(null),
                DrainTest::send,
                Duration.ZERO);
        drain.start();
        World.until(() -> table.count() == 131);
        drain.finish();
        drain.stop(World.LIMIT);
        assertEquals(
                "0",
                database.text("SELECT count(*) FROM freshet_undelivered WHERE key_hash IN ('"
                        + new LaneKey("orders", "good1").hash() + "', '" + new LaneKey("orders", "good2").hash()
                        + "')"));
    }
}
