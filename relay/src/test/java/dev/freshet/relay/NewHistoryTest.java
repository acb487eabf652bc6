package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that becomes another history beneath its ledger: what was published and does not exist any more is taken back. */
class NewHistoryTest extends RelayFixture {
    @TempDir
    Path folder;

    private EmbeddedPostgres primary;
    private RelaySettings mayStop;

    @BeforeEach
    void begin(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        // below 15 the server's user must pass through to its folder
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        primary = EmbeddedPostgres.builder()
                .directory(folder.resolve("primary"))
                .setting("wal_keep_size", "256MB")
                .start();
        primary.createDatabase("shop");
        db = TestDatabase.of(primary, "shop");
        db.execute(
                "CREATE TABLE item (id bigint PRIMARY KEY, name text, price numeric(10,2))",
                "INSERT INTO item SELECT i, 'old', i FROM generate_series(1, 50) i");
        RelaySettings.Builder builder = settings(kafka, prefix, List.of(stream("items", "public.item", topic)));
        mayStop = builder.build();
        settings = builder.onLoss(LossPolicy.RESNAPSHOT).build();
    }

    @AfterEach
    void endPrimary() {
        end();
        primary.close();
    }

    private void publishAndDelete() throws SQLException {
        db.execute(
                "INSERT INTO item SELECT i, 'lost', i FROM generate_series(51, 80) i",
                "DELETE FROM item WHERE id <= 10",
                "UPDATE item SET name = 'lost' WHERE id BETWEEN 11 AND 20");
    }

    private void assertBegunAnew(Relay relay) throws SQLException {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> topics.cursor(settings.ledger()).epoch() == 2);
        db.execute("INSERT INTO item VALUES (1000, 'new', 1)");
        assertTopicIsTable(relay);
        Cursor cursor = topics.cursor(settings.ledger());
        assertEquals(2, cursor.write().epoch());
        assertEquals(null, cursor.loss());
    }

    @Test
    void slotThatWasDropped_isMadeAnew_andTheTopicIsTheTableAgain() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        db.execute("SELECT pg_drop_replication_slot('" + slot() + "')");
        publishAndDelete();
        assertBegunAnew(start(settings));
    }

    @Test
    void standbyPromotedBehindWhatIsPublished_takesBackWhatItDoesNotHave() throws SQLException {
        try (EmbeddedPostgres standby =
                EmbeddedPostgres.builder().standbyOf(primary).start()) {
            Relay relay = start(settings);
            settle(relay);
            awaitReplayed(standby);
            standby.kill();
            publishAndDelete();
            settle(relay);
            primary.kill();
            standby.restart();
            db = TestDatabase.of(standby, "shop");
            db.execute("SELECT pg_promote()");
            assertEquals("0", db.text("SELECT count(*) FROM item WHERE name = 'lost'"));
            assertBegunAnew(relay);
        }
    }

    /** Stand-bys keep slots from PostgreSQL 17 on; one of an older version comes without, also where it has all rows. */
    @Test
    void standbyPromotedWithAllThatIsPublished_isReadOnWhereItHasTheSlot_elseBegunAnew() throws SQLException {
        boolean keepsSlots = Integer.parseInt(db.text("SHOW server_version_num")) >= 170_000;
        db.execute("SELECT pg_create_physical_replication_slot('standby')");
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .standbyOf(primary)
                .setting("primary_slot_name", "standby")
                .setting("hot_standby_feedback", "on");
        if (keepsSlots) {
            builder.setting("sync_replication_slots", "on");
        }
        try (EmbeddedPostgres standby = builder.start()) {
            Relay relay = start(settings);
            settle(relay);
            publishAndDelete();
            settle(relay);
            if (keepsSlots) {
                awaitSlot(standby);
            }
            awaitReplayed(standby);
            primary.kill();
            db = TestDatabase.of(standby, "shop");
            db.execute("SELECT pg_promote()");
            if (!keepsSlots) {
                assertBegunAnew(relay);
                return;
            }
            db.execute("INSERT INTO item VALUES (1000, 'new', 1)");
            assertTopicIsTable(relay);
            Cursor cursor = topics.cursor(settings.ledger());
            assertEquals(1, cursor.epoch());
            assertEquals(2, cursor.source().timeline());
        }
    }

    private static void awaitSlot(EmbeddedPostgres standby) {
        Awaitility.await().atMost(LIMIT).until(() -> TestDatabase.of(standby, "shop")
                .text("SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary")
                .equals("1"));
    }

    /** Once the restored server's log has grown beyond the cursor, nothing but the ledger tells what happened. */
    @Test
    void restoredVolume_withTheSameIdentifierAndTimeline_stopsTheRelay_untilItMayBeginAnew() throws Exception {
        Relay relay = start(mayStop);
        settle(relay);
        relay.close();
        primary.stop();
        copy(folder.resolve("primary/data"), folder.resolve("backup"));
        primary.restart();
        relay = start(mayStop);
        publishAndDelete();
        settle(relay);
        primary.stop();
        copy(folder.resolve("backup"), folder.resolve("primary/data"));
        primary.restart();
        awaitEnded(relay);
        assertTrue(
                String.valueOf(entry("items", StreamStatus.BROKEN).reason()).contains("freshet resnapshot --source"));
        db.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))");
        Relay again = start(mayStop);
        awaitEnded(again);
        assertTrue(String.valueOf(again.status().message()).contains("restored from an older state"));
        assertBegunAnew(start(settings));
    }

    private static void awaitEnded(Relay relay) {
        Awaitility.await().atMost(LIMIT).until(() -> relay.ended().isCompletedExceptionally());
    }

    private void awaitReplayed(EmbeddedPostgres standby) throws SQLException {
        String written = db.text("SELECT pg_current_wal_flush_lsn()");
        Awaitility.await().atMost(LIMIT).until(() -> TestDatabase.of(standby, "shop")
                .text("SELECT pg_last_wal_replay_lsn() >= '" + written + "'")
                .equals("t"));
    }

    /** Puts a folder's content in the place of another's, with its owners. */
    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        if (Files.exists(to)) {
            try (Stream<Path> old = Files.walk(to)) {
                files = old.sorted(java.util.Comparator.reverseOrder()).toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
        }
        try (Stream<Path> all = Files.walk(from)) {
            files = all.toList();
        }
        for (Path file : files) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            Files.setOwner(copy, Files.getOwner(file));
        }
    }
}
