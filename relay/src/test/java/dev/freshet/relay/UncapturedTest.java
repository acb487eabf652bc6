package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that cannot be captured stands in the way of its own stream alone, once the source has begun. */
class UncapturedTest extends RelayFixture {
    @BeforeEach
    void second(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        captureNotes(kafka, prefix);
    }

    private Relay running() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        entry("items", StreamStatus.RUNNING);
        entry("notes", StreamStatus.RUNNING);
        return relay;
    }

    private void assertItemsGoOn(Relay relay, int id) throws SQLException {
        db.execute("INSERT INTO item VALUES (" + id + ", 'a', 1)");
        assertTopicIsTable(relay);
        entry("items", StreamStatus.RUNNING);
    }

    @Test
    void droppedTable_breaksItsStreamAlone() throws SQLException {
        Relay relay = running();
        relay.close();
        db.execute("DROP TABLE note");
        Relay second = start(settings);
        StreamEntry broken = entry("notes", StreamStatus.BROKEN);
        assertTrue(String.valueOf(broken.reason()).contains("was dropped or renamed"), broken::toString);
        assertItemsGoOn(second, 1);
        second.close();
        // what it is broken by stays, whatever is wrong now
        Relay third = start(settings);
        assertItemsGoOn(third, 2);
        assertEquals(broken, entry("notes", StreamStatus.BROKEN));
    }

    @Test
    void streamWithoutTable_isBegunOnceItIsThere() throws SQLException {
        running().close();
        db.execute("DROP TABLE note");
        Relay relay = start(settings);
        entry("notes", StreamStatus.BROKEN);
        relay.close();
        try (Source source = openSource()) {
            Awaitility.await().atMost(LIMIT).until(() -> {
                new RelayRemoval(settings, source, InstantSource.system()).removeStream("notes");
                return true;
            });
        }
        Relay again = start(settings);
        assertItemsGoOn(again, 1);
        assertNull(topics.cursor(settings.ledger()).streams().get("notes"));
        until(again, s -> s.alarms().stream()
                .anyMatch(a -> a.contains("'notes'")
                        && a.contains("there is no such table")
                        && a.contains("other streams go on")));
        db.execute("CREATE TABLE note (id bigint PRIMARY KEY, text text)", "INSERT INTO note VALUES (1, 'x')");
        entry("notes", StreamStatus.RUNNING);
        assertItemsGoOn(again, 2);
        assertEquals(List.of(), again.status().alarms());
    }

    @Test
    void whatPasses_breaksNoStreamThatIsWhole() throws SQLException {
        running().close();
        db.execute("CREATE TABLE heir () INHERITS (note)");
        Relay waiting = start(settings);
        assertEnds(waiting, "other tables inherit from it");
        entry("notes", StreamStatus.RUNNING);
        db.execute("DROP TABLE heir");
        Relay again = start(settings);
        assertItemsGoOn(again, 1);
        entry("notes", StreamStatus.RUNNING);
    }

    @Test
    void atTheFirstStart_everythingIsToBeSetRight() throws SQLException {
        db.execute("DROP TABLE note");
        assertEnds(start(settings), "there is no such table");
    }
}
