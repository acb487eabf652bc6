package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The relay between a real PostgreSQL and a real Kafka. */
class RelayOnServersTest extends RelayFixture {
    @Test
    void rowsBeforeAndAfterTheStart_standInTheTopic_asTheyStandInTheTable() throws SQLException {
        db.execute("INSERT INTO item SELECT i, 'n' || i, i + 0.50 FROM generate_series(1, 20000) i");
        Relay relay = start(settings);
        for (int i = 0; i < 50; i++) {
            db.execute(
                    "UPDATE item SET name = 'u" + i + "' WHERE id % 97 = " + i,
                    "DELETE FROM item WHERE id % 89 = " + i,
                    "INSERT INTO item VALUES (" + (100_000 + i) + ", 'new', NULL)",
                    "UPDATE item SET id = -id WHERE id = " + (i + 1));
        }
        assertTopicIsTable(relay);
        db.execute("UPDATE item SET price = 1", "DELETE FROM item WHERE id < 100");
        assertTopicIsTable(relay);
    }

    @Test
    void finishedSnapshot_keepsTheCountOfTheRowsThatItSent() throws SQLException {
        db.execute("INSERT INTO item SELECT i, repeat('n', 500), i FROM generate_series(1, 5000) i");
        Relay relay = start(settings);
        for (int i = 0; i < 20; i++) {
            db.execute("UPDATE item SET name = 'u' WHERE id % 20 = " + i);
        }
        Cursor cursor = settle(relay);
        long sent = topics.readTo(topic, cursor).stream()
                .filter(r -> header(r, "freshet-op").equals("r"))
                .count();
        assertEquals(sent, cursor.streams().get("items").snapshot().rowsDone());
        relay.close();
        Relay next = start(settings);
        db.execute("INSERT INTO item VALUES (0, 'new', 0)");
        StreamEntry later = settle(next).streams().get("items");
        assertEquals(StreamStatus.RUNNING, later.status());
        assertEquals(sent, later.snapshot().rowsDone());
    }

    @Test
    void transactionLargerThanABatch_isWrittenInPieces_andCompleteAtItsBoundary() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO item SELECT i, 'n' || i, i FROM generate_series(1, 12345) i");
        assertTopicIsTable(relay);
        assertEquals(
                12_345, topics.state(topic, topics.cursor(settings.ledger())).size());
    }

    @Test
    void secondRelay_standsBy_andTakesOverWithoutALossOrADouble() throws SQLException {
        db.execute("INSERT INTO item SELECT i, 'a', i FROM generate_series(1, 100) i");
        Relay first = start(settings);
        settle(first);
        Relay second = start(settings);
        until(second, s -> s.state() == RelayStatus.State.STANDBY);
        db.execute("INSERT INTO item SELECT i, 'b', i FROM generate_series(101, 200) i");
        first.close();
        db.execute("INSERT INTO item SELECT i, 'c', i FROM generate_series(201, 300) i");
        assertTopicIsTable(second);
        assertEquals(300, topics.readTo(topic, settle(second)).size());
    }

    @Test
    void relayFencedByAnother_standsBy_andWritesNothingMore() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        // more than once: a broker may answer the fenced commit with an unexpected error, and then the relay begins
        // anew
        until(relay, s -> {
            try (KafkaTopicWriter writer = KafkaTopicWriter.create(settings)) {
                writer.fence();
            }
            return s.state() == RelayStatus.State.STANDBY;
        });
        assertTopicIsTable(relay);
        assertEquals(1, topics.readTo(topic, settle(relay)).size());
    }

    @Test
    void removedStream_isBegunAnew_byTheRunningRelay() throws SQLException {
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        Relay relay = start(settings);
        settle(relay);
        String topicId = entry("items", StreamStatus.RUNNING).topicId();
        try (Source source = openSource()) {
            RelayRemoval removal = new RelayRemoval(settings, source, InstantSource.system());
            assertFalse(removal.describeStream("items").isEmpty());
            removal.removeStream("items");
        }
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> !entry("items", StreamStatus.RUNNING).topicId().equals(topicId));
        assertTopicIsTable(relay);
    }

    @Test
    void droppedSlot_stopsTheRelay_andTheLedgerTellsWhatIsMissing() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        db.execute("SELECT pg_drop_replication_slot('" + slot() + "')", "INSERT INTO item VALUES (1, 'a', 1)");
        Relay next = start(settings);
        Awaitility.await().atMost(LIMIT).until(() -> next.ended().isDone());
        assertTrue(next.ended().isCompletedExceptionally());
        String message = next.status().message();
        assertNotNull(message);
        assertTrue(
                message.contains("slot '" + slot() + "' is gone") && message.contains("resnapshot --source"), message);
        assertTrue(entry("items", StreamStatus.BROKEN).reason().contains("is gone"));
    }

    @Test
    void headersOfARecord_areCloudEvents_andTheValueIsPlain() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        db.execute("INSERT INTO item VALUES (7, 'seven', 1.50)", "DELETE FROM item WHERE id = 7");
        settle(relay);
        List<ConsumerRecord<byte[], byte[]>> records = topics.readTo(topic, settle(relay));
        assertEquals(2, records.size());
        ConsumerRecord<byte[], byte[]> insert = records.get(0);
        assertEquals("{\"id\":7}", TopicReader.text(insert.key()));
        assertEquals("{\"id\":7,\"name\":\"seven\",\"price\":1.50}", TopicReader.text(insert.value()));
        assertEquals("freshet-position", insert.headers().iterator().next().key());
        assertEquals("1.0", header(insert, "ce_specversion"));
        assertEquals("items.changed", header(insert, "ce_type"));
        assertEquals("/freshet/shop", header(insert, "ce_source"));
        assertEquals(header(insert, "ce_id"), header(insert, "freshet-position"));
        assertEquals("c", header(insert, "freshet-op"));
        assertNull(records.get(1).value());
        assertEquals("d", header(records.get(1), "freshet-op"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> r, String name) {
        return TopicReader.text(r.headers().lastHeader(name).value());
    }

    @Test
    void idleSource_isCompleteToANewerTime_withoutAnyChange() throws SQLException {
        Relay relay = start(settings);
        Cursor cursor = settle(relay);
        until(
                relay,
                s -> s.completeTo() != null
                        && (cursor.boundary().completeTo() == null
                                || s.completeTo()
                                        .isAfter(cursor.boundary().completeTo().plusMillis(500))));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> topics.cursor(settings.ledger()).boundary().completeTo() != null);
    }
}
