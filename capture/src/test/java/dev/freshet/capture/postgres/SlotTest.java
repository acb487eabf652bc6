package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.SlotState;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.LossException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.ServerSeen;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@OnServers
class SlotTest {
    @Test
    void slot_isShownAsTheServerHasIt(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            SlotState slot = f.source.slot().orElseThrow();
            assertEquals("pgoutput", slot.plugin());
            assertEquals(db.name(), slot.database());
            assertEquals(f.start, slot.confirmedLsn());
            assertNull(slot.activePid());
            assertNull(slot.lost());
            f.open();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
        }
    }

    @Test
    void slotThatExists_isNotMadeAgain(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            ConfigurationException e = assertThrows(ConfigurationException.class, f.source::createSlot);
            assertTrue(message(e).contains(f.settings.slot()) && message(e).contains("exists already"), message(e));
        }
    }

    @Test
    void slotBeforeThePublication_isRefused(TestDatabase db) throws Exception {
        try (LogFixture f = LogFixture.create(db, b -> b)) {
            ConfigurationException e = assertThrows(ConfigurationException.class, f.source::createSlot);
            assertTrue(message(e).contains("Capture the tables first"), message(e));
        }
    }

    @Test
    void publicationThatIsGone_isNotedWhenTheLogIsOpened(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            db.execute("DROP PUBLICATION freshet_shop");
            ConfigurationException e = assertThrows(ConfigurationException.class, f::open);
            assertTrue(message(e).contains("'freshet_shop'"), message(e));
        }
    }

    @Test
    void missingSlot_isALossThatNamesTheSlot(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            db.execute("SELECT pg_drop_replication_slot('" + f.settings.slot() + "')");
            LossException e = assertThrows(LossException.class, f::open);
            assertTrue(
                    message(e).startsWith("The replication slot '" + f.settings.slot() + "' of source 'shop'"),
                    message(e));
        }
    }

    @Test
    void slotAheadOfTheCursor_isALossWithBothPlaces(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            db.execute("INSERT INTO a VALUES (1)");
            String ahead;
            try (Connection c = db.connect();
                    Statement s = c.createStatement();
                    ResultSet row = s.executeQuery("SELECT end_lsn FROM pg_replication_slot_advance('"
                            + f.settings.slot() + "', pg_current_wal_lsn())")) {
                row.next();
                ahead = row.getString(1);
            }
            LossException e = assertThrows(LossException.class, f::open);
            assertTrue(
                    message(e)
                            .contains(
                                    "would silently skip what committed from " + Lsn.format(f.start) + " to " + ahead),
                    message(e));
        }
    }

    @Test
    void foreignSlots_areNotTouched(TestDatabase db, TestDatabase other) throws Exception {
        other.execute("CREATE TABLE a (id int PRIMARY KEY)");
        try (LogFixture f = captured(db);
                LogFixture g = LogFixture.create(other, b -> b.slot("s_" + db.name()))) {
            g.streams = g.source.capture(java.util.List.of(all("a", "public.a")));
            g.start = f.start;
            ConfigurationException e = assertThrows(ConfigurationException.class, g::open);
            assertTrue(message(e).contains("belongs to database '" + db.name()), message(e));
            assertThrows(ConfigurationException.class, g.source::remove);

            db.execute(
                    "SELECT pg_drop_replication_slot('" + f.settings.slot() + "')",
                    "SELECT pg_create_logical_replication_slot('" + f.settings.slot() + "', 'test_decoding')");
            e = assertThrows(ConfigurationException.class, f::open);
            assertTrue(message(e).contains("'test_decoding'"), message(e));
        }
    }

    @Test
    void slotThatIsRead_isTriedAgainAndNamesTheProcess(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            f.open();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
            int pid = f.source.slot().orElseThrow().activePid();
            RetriableException e = assertThrows(
                    RetriableException.class,
                    () -> f.source.open(f.server(), f.start, LogFixture.EPOCH, f.streams, null));
            assertTrue(message(e).contains("process " + pid), message(e));
        }
    }

    @Test
    void logOfAnotherServer_orOneThatWasSetBack_isNotOpened(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            ServerSeen seen = f.server();
            for (ServerSeen other : List.of(
                    new ServerSeen("77", seen.timeline(), seen.flushedLsn()),
                    new ServerSeen(seen.system(), seen.timeline() + 1, seen.flushedLsn()),
                    new ServerSeen(seen.system(), seen.timeline(), seen.flushedLsn() + (1L << 40)))) {
                RetriableException e = assertThrows(
                        RetriableException.class,
                        () -> f.source.open(other, f.start, LogFixture.EPOCH, f.streams, null));
                assertTrue(message(e).contains(other.toString()), message(e));
            }
            f.open();
        }
    }

    @Test
    void readerThatIsTerminated_canBeOpenedAgain(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            f.open();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
            f.source.terminateReader(f.source.slot().orElseThrow().activePid());
            assertEquals(RetriableException.class, failure(f).getClass());
            db.execute("INSERT INTO a VALUES (1)");
            f.open();
            assertEquals(1, LogFixture.rows(f.drain()).size());
        }
    }

    @Test
    void slotDroppedInFlight_isALoss(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            f.open();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
            try (Connection c = db.connect();
                    Statement s = c.createStatement()) {
                // both in one statement, so that the reader cannot come back in between
                s.execute("DO $$ BEGIN PERFORM pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE"
                        + " slot_name = '" + f.settings.slot() + "'; PERFORM pg_drop_replication_slot('"
                        + f.settings.slot() + "'); END $$");
            }
            // the diagnosis may come between the two; the next opening tells
            FreshetException e = failure(f);
            if (e instanceof RetriableException) {
                e = assertThrows(LossException.class, f::open);
            }
            assertTrue(message(e).contains("is not there any more"), message(e));
        }
    }

    @Test
    void slotThatBecameAnotherPrograms_isALossForALogThatWasOpen(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db);
                Connection c = db.connect()) {
            db.execute(
                    "SELECT pg_drop_replication_slot('" + f.settings.slot() + "')",
                    "SELECT pg_create_logical_replication_slot('" + f.settings.slot() + "', 'test_decoding')");
            LossException e =
                    assertThrows(LossException.class, () -> new Slots(f.settings).requireReadable(c, f.start, false));
            assertTrue(message(e).contains("'test_decoding'"), message(e));
        }
    }

    @Test
    void invalidatedSlot_isALossWithTheServersReason(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            db.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()");
            try {
                Awaitility.await().until(() -> {
                    db.execute(
                            "SELECT pg_logical_emit_message(true, 'fill', repeat('x', 1000))",
                            "SELECT pg_switch_wal()",
                            "CHECKPOINT");
                    return f.source.slot().orElseThrow().lost() != null;
                });
            } finally {
                db.execute("ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()");
            }
            LossException e = assertThrows(LossException.class, f::open);
            assertTrue(message(e).contains("invalidated by the server (wal_removed)"), message(e));
        }
    }

    @Test
    void remove_takesSlotAndPublicationAwayEvenWhileItIsRead(TestDatabase db) throws Exception {
        try (LogFixture f = captured(db)) {
            f.open();
            Awaitility.await().until(() -> f.source.slot().orElseThrow().activePid() != null);
            f.source.remove();
            assertTrue(f.source.slot().isEmpty());
            try (Connection c = db.connect();
                    Statement s = c.createStatement();
                    ResultSet row = s.executeQuery("SELECT count(*) FROM pg_publication")) {
                row.next();
                assertEquals(0, row.getInt(1));
            }
            f.source.remove();
        }
    }

    private static LogFixture captured(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY)");
        return LogFixture.capture(db, all("a", "public.a"));
    }

    private static FreshetException failure(LogFixture f) {
        FreshetException[] seen = new FreshetException[1];
        Awaitility.await().until(() -> {
            try {
                f.log().poll(Duration.ofMillis(50));
                return false;
            } catch (FreshetException e) {
                seen[0] = e;
                return true;
            }
        });
        return seen[0];
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        assertNotNull(message);
        return message;
    }
}
