package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** One stream that cannot be written does not stop the others. */
class RefusingTopicTest extends RelayFixture {
    @Test
    void recordTooLargeForItsTopic_breaksItsStreamAlone(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        captureNotes(kafka, prefix);
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO note VALUES (1, repeat('x', 3000000))", "INSERT INTO item VALUES (1, 'a', 1)");
        until(relay, s -> is(s, StreamStatus.BROKEN) && s.state() == RelayStatus.State.RUNNING);
        assertTopicIsTable(relay);
        StreamEntry notes = entry("notes", StreamStatus.BROKEN);
        assertTrue(notes.reason().contains("refuses"), notes.reason());
        assertTrue(relay.status().alarms().stream().anyMatch(a -> a.contains("'notes'")));
    }
}
