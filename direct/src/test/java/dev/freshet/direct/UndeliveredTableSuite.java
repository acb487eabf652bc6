package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.Database;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.MigrationTools;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of undelivered events, its migration and its statements: one subclass for each database. */
abstract class UndeliveredTableSuite {
    private static final EventIds IDS = new EventIds(InstantSource.system());

    private final Dialect dialect;
    private UndeliveredTable table;

    UndeliveredTableSuite(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The test's own database, empty. */
    abstract Database database();

    abstract DataSource dataSource();

    @BeforeEach
    void open() {
        table = new UndeliveredTable(dataSource(), "shop");
    }

    private void migrate() throws Exception {
        MigrationTools.runByLiquibaseTwice(database(), List.of(DirectPublisher.migration(dialect)));
    }

    private static Entry entry(@Nullable String key, String value) {
        byte[] payload = value.getBytes(StandardCharsets.UTF_8);
        return Entry.drained(
                -1,
                new PublishedEvent(IDS.next(), "orders", key, "t", "text/plain", Map.of("ü", "\u0000"), payload),
                "shop.orders",
                "2026-01-02T03:04:05.678901Z");
    }

    private void keep(Entry... entries) {
        table.transact("Keeping", connection -> {
            table.insert(connection, List.of(entries));
            return true;
        });
    }

    private boolean has(String key) {
        return table.transact("Looking", c -> table.has(c, new LaneKey("orders", key).hash()));
    }

    private static String values(List<Entry> entries) {
        return String.join(
                " ",
                entries.stream()
                        .map(e -> e.event.key() + new String(e.event.payload(), StandardCharsets.UTF_8))
                        .toList());
    }

    @Test
    void flyway_runsTheMigrationBesideTheServicesOwn() throws Exception {
        MigrationTools.runByFlywayBesideTheServicesOwn(
                database(), List.of(DirectPublisher.migrationFolder(dialect)), "freshet_undelivered_history");
        keep(entry("a", "1"));
        assertEquals(1, table.count());
    }

    @Test
    void row_givesTheEventBackAsItWas() throws Exception {
        migrate();
        Entry kept = entry("a \u0000", "1");
        keep(kept);
        Entry taken = table.transact("Taking", connection -> table.take(connection, 0, 10, 1000))
                .get(0);
        assertEquals(kept.event.id(), taken.event.id());
        assertEquals(kept.event.key(), taken.event.key());
        assertEquals(kept.event.headers(), taken.event.headers());
        assertEquals(kept.topic + kept.time, taken.topic + taken.time);
        assertTrue(taken.row > 0);
    }

    @Test
    void rows_areTakenInTheOrderOfTheirKeys_withinTheLimits() throws Exception {
        migrate();
        keep(entry("a", "1"), entry("b", "1"), entry("a", "2"), entry(null, "1"), entry(null, "2"), entry("a", "3"));
        assertEquals(
                "a1 b1 null1 null2 a2 a3",
                values(table.transact("Taking", connection -> table.take(connection, 0, 10, 100_000))));
        assertEquals("a1 b1", values(table.transact("Taking", connection -> table.take(connection, 0, 2, 100_000))));
        assertEquals("a1", values(table.transact("Taking", connection -> table.take(connection, 0, 10, 1))));
        assertEquals(Set.of(new LaneKey("orders", "a").hash(), new LaneKey("orders", "b").hash()), table.keys(10));
        assertEquals(1, table.keys(1).size());
        assertTrue(has("a"));
        assertFalse(has("c"));
        assertEquals(0, new UndeliveredTable(dataSource(), "other").count());
    }

    @Test
    void keyWhoseOldestRowSomeoneHas_isNobodyElses_untilItIsGone() throws Exception {
        migrate();
        keep(entry("a", "1"), entry("a", "2"), entry("b", "1"));
        table.transact("Taking", connection -> {
            List<Entry> mine = table.take(connection, 0, 1, 100_000);
            assertEquals("a1", values(mine));
            assertEquals("b1", values(table.transact("Taking", other -> table.take(other, 0, 10, 100_000))));
            table.delete(connection, mine);
            assertEquals("b1", values(table.transact("Taking", other -> table.take(other, 0, 10, 100_000))));
            return true;
        });
        assertEquals("a2 b1", values(table.transact("Taking", other -> table.take(other, 0, 10, 100_000))));
    }

    @Test
    void missingTable_isToldWithItsMigration() {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> table.count());
        assertTrue(e.getMessage().contains("V1__freshet_undelivered.sql"), e.getMessage());
    }
}
