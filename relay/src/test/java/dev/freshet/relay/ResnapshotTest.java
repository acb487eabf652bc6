package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Rows that change without row messages are read anew, and the keys that have vanished are deleted from the topic. */
class ResnapshotTest extends RelayFixture {
    private static final String ROWS = "INSERT INTO item SELECT i, 'n' || i, i FROM generate_series(";

    private Relay running() throws SQLException {
        db.execute(ROWS + "1, 500) i");
        Relay relay = start(settings);
        settle(relay);
        return relay;
    }

    @Test
    void truncate_deletesWhatIsGone_andKeepsWhatCameAfterwards_alsoInTheSameTransaction() throws SQLException {
        Relay relay = running();
        try (Connection c = db.connect();
                Statement s = c.createStatement()) {
            c.setAutoCommit(false);
            s.execute("INSERT INTO item VALUES (1000, 'before', 1)");
            s.execute("TRUNCATE item");
            s.execute("INSERT INTO item VALUES (2, 'b', 2), (1001, 'after', 1)");
            c.commit();
        }
        assertTopicIsTable(relay);
        assertEquals(2, table().size());
        db.execute("TRUNCATE item");
        assertTopicIsTable(relay);
        assertEquals(0, topics.state(topic, settle(relay)).size());
    }

    @Test
    void tableThatIsRewritten_isReadAnew_withItsNewColumn() throws SQLException {
        Relay relay = running();
        db.execute(
                "ALTER TABLE item ADD COLUMN mark double precision NOT NULL DEFAULT random()",
                "ALTER TABLE item ALTER COLUMN price TYPE text USING 'p' || price",
                "DELETE FROM item WHERE id > 400");
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptionsMatching(AssertionError.class::isInstance)
                .untilAsserted(() -> assertTopicIsTable(relay));
    }

    @Test
    void resnapshot_goesOnWhereItStopped_andIsNoFasterThanAllowed(EmbeddedKafka kafka, TopicPrefix prefix)
            throws SQLException {
        running().close();
        RelaySettings slow = settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .snapshotMaxRowsPerSecond(100)
                .build();
        Relay first = start(slow);
        db.execute("TRUNCATE item", ROWS + "300, 900) i");
        Awaitility.await().atMost(LIMIT).until(() -> progress().rowsDone() > 0);
        first.close();
        long done = progress().rowsDone();
        assertTrue(done < 601, "rows done within a second or two: " + done);
        Relay second = start(settings);
        assertTopicIsTable(second);
        StreamEntry entry = entry("items", StreamStatus.RUNNING);
        assertEquals(601, Objects.requireNonNull(entry.snapshot()).rowsDone());
    }

    private SnapshotProgress progress() {
        SnapshotProgress progress =
                topics.cursor(settings.ledger()).streams().get("items").snapshot();
        return progress == null
                        || topics.cursor(settings.ledger())
                                        .streams()
                                        .get("items")
                                        .status()
                                == StreamStatus.RUNNING
                ? SnapshotProgress.first()
                : progress;
    }
}
