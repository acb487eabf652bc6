package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A commit that waits for a synchronous stand-by: its record is in the log, and so in the topic, long before a query sees what it did.
 * Rows that are read meanwhile must not take its place.
 */
class LateCommitTest extends RelayFixture {
    /** Passed while the commit waits; rows that were read too early would be written by the first or second. */
    private static final int BOUNDARIES = 6;

    private EmbeddedPostgres server;
    private CompletableFuture<?> late;

    @BeforeEach
    void begin(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        server = EmbeddedPostgres.builder().start();
        server.createDatabase("shop");
        db = TestDatabase.of(server, "shop");
        db.execute(
                "CREATE TABLE item (id bigint PRIMARY KEY, name text, price numeric(10,2))",
                "CREATE TABLE beat (n int)",
                "INSERT INTO item SELECT i, 'old', i FROM generate_series(1, 500) i");
        settings = settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .build();
    }

    @AfterEach
    void endServer() {
        end();
        server.close();
    }

    /** Lets what is committed from now on wait for a stand-by that never comes. */
    private void commitLate(String... statements) throws SQLException {
        db.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        Awaitility.await().atMost(LIMIT).until(() -> db.text("SHOW synchronous_standby_names")
                .equals("nobody"));
        late = CompletableFuture.runAsync(() -> {
            try {
                db.execute("BEGIN; " + String.join("; ", statements) + "; COMMIT");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().atMost(LIMIT).until(() -> db.text(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                .equals("1"));
    }

    private void becomeVisible() throws Exception {
        assertFalse(late.isDone());
        db.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        late.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits until the relay has passed the log so far, whatever its streams do. */
    private Cursor pass() throws SQLException {
        db.execute("SET synchronous_commit = local; INSERT INTO beat VALUES (1)");
        long now = insertLsn();
        Cursor[] cursor = new Cursor[1];
        Awaitility.await().atMost(LIMIT).until(() -> {
            cursor[0] = topics.cursor(settings.ledger());
            return cursor[0].boundary() != null
                    && cursor[0].boundary().position().lsn() >= now;
        });
        return cursor[0];
    }

    private void assertReadsNothingYet(String stream) throws SQLException {
        for (int i = 0; i < BOUNDARIES; i++) {
            StreamEntry entry = Objects.requireNonNull(pass().streams().get(stream));
            assertEquals(StreamStatus.SNAPSHOTTING, entry.status());
            assertEquals(0, Objects.requireNonNull(entry.snapshot()).rowsDone());
        }
    }

    private void readAnew() {
        RelayResnapshot command = new RelayResnapshot(settings, InstantSource.system());
        command.carryOut(command.planStream("items", RelayResnapshot.Options.NONE));
        entry("items", StreamStatus.SNAPSHOTTING);
    }

    private void commitItemsLate() throws SQLException {
        commitLate(
                "UPDATE item SET name = 'late' WHERE id <= 10",
                "DELETE FROM item WHERE id BETWEEN 11 AND 20",
                "INSERT INTO item VALUES (1000, 'late', 1)");
    }

    @Test
    void commitThatIsVisibleLate_isNotUndoneByRowsReadBefore() throws Exception {
        Relay relay = start(settings);
        settle(relay);
        commitItemsLate();
        pass();
        readAnew();
        assertReadsNothingYet("items");
        becomeVisible();
        assertTopicIsTable(relay);
        assertEquals("11", db.text("SELECT count(*) FROM item WHERE name = 'late'"));
    }

    /** The relay that reads the rows has not read the commit from the log: it was passed by the one before. */
    @Test
    void commitThatIsVisibleLate_isNotUndoneByRowsReadAfterATakeOver() throws Exception {
        Relay before = start(settings);
        settle(before);
        commitItemsLate();
        pass();
        before.close();
        readAnew();
        Relay relay = start(settings);
        assertReadsNothingYet("items");
        becomeVisible();
        assertTopicIsTable(relay);
    }

    /** What was written into a table before it joined is in no message: only its rows have it. */
    @Test
    void commitThatIsVisibleLate_beforeItsTableJoins_isNotMissed(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        Relay before = start(settings);
        settle(before);
        before.close();
        db.execute("CREATE TABLE note (id bigint PRIMARY KEY, body text)", "INSERT INTO note VALUES (1, 'early')");
        commitLate("INSERT INTO note VALUES (2, 'late')");
        String notes = prefix.name("notes");
        settings = settings(
                        kafka,
                        prefix,
                        List.of(stream("items", "public.item", topic), stream("notes", "public.note", notes)))
                .build();
        Relay relay = start(settings);
        entry("notes", StreamStatus.SNAPSHOTTING);
        assertReadsNothingYet("notes");
        becomeVisible();
        entry("notes", StreamStatus.RUNNING);
        assertEquals(2, topics.state(notes, settle(relay)).size());
    }
}
