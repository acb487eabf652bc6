package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.SQLException;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger whose catalog entry another version of the relay wrote: what has happened to the table cannot be told by it. */
class UnreadableCatalogTest extends RelayFixture {
    private static final String NOTES = "notes";

    @BeforeEach
    void rewritten(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        captureNotes(kafka, prefix);
        db.execute("INSERT INTO note VALUES (1, 'x'), (2, 'y')");
        Relay first = start(settings);
        settle(first);
        entry(NOTES, StreamStatus.RUNNING);
        first.close();
        assertTrue(LedgerEdit.write(settings, InstantSource.system(), (cursor, edit) -> {
            edit.state().catalog(NOTES, "of another version");
            return "";
        }));
    }

    /** It may as well be the table that was captured, whose right was taken away. */
    @Test
    void missingTable_isNotBroken_andTheSourceWaits() throws SQLException {
        db.execute("DROP TABLE note");
        assertEnds(start(settings), "there is no such table");
        entry(NOTES, StreamStatus.RUNNING);
    }

    @Test
    void otherKey_breaksTheStream() throws SQLException {
        db.execute("ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (body)");
        start(settings);
        String reason = String.valueOf(entry(NOTES, StreamStatus.BROKEN).reason());
        assertTrue(reason.contains("key is [body] and no longer [id]"), reason);
    }

    @Test
    void sameKey_isReadAnew() throws SQLException {
        db.execute("INSERT INTO note VALUES (3, 'z')");
        Relay again = start(settings);
        // three is how many it reads now; the first snapshot read two
        until(again, s -> s.streams().stream()
                .anyMatch(e -> e.stream().equals(NOTES)
                        && e.status() == StreamStatus.RUNNING
                        && e.snapshot() != null
                        && e.snapshot().rowsDone() == 3));
    }
}
