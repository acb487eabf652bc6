package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.Lsn;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamStatus;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/** Relays that end in the midst of a source transaction, and what the slot may be told of meanwhile. */
class CutTransactionTest extends RelayFixture {
    private static final int ROWS = 3_000;
    private static final int WARM = 8;

    /** Runs a statement, ends the relay when some of it is in Kafka but not all, lets another take over, and returns the records. */
    private List<ConsumerRecord<byte[], byte[]>> cut(RelaySettings s, int records, String statement) throws Exception {
        Relay first = start(s);
        settle(first);
        int before = topics.readAll(topic).size();
        db.execute(statement);
        Awaitility.await().atMost(LIMIT).until(() -> topics.readAll(topic).size() > before);
        first.close();
        int there = topics.readAll(topic).size() - before;
        assertTrue(there > 0 && there < records, () -> there + " of " + records + " records: the cut came too late");
        assertFalse(topics.cursor(s.ledger()).atBoundary(), "the ledger stands in the midst of the transaction");
        Relay second = start(s);
        assertTopicIsTable(second);
        return topics.readTo(topic, settle(second));
    }

    private static Set<Position> positions(List<ConsumerRecord<byte[], byte[]>> records) {
        Set<Position> positions = new HashSet<>();
        records.forEach(r -> positions.add(
                Position.parse(r.headers().lastHeader("freshet-position").value())));
        return positions;
    }

    @Test
    void rowsOfOneLsn_areEachThereOnce_thoughTheRelayEndsInTheirMidst(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        RelaySettings small = withBatch(kafka, prefix, 20);
        List<ConsumerRecord<byte[], byte[]>> all =
                cut(small, ROWS, "INSERT INTO item SELECT i, 'n', i FROM generate_series(1, " + ROWS + ") i");
        assertEquals(ROWS, all.size());
        assertEquals(ROWS, positions(all).size());
    }

    /** With an odd number of records a batch, every second one ends between the delete and the insert of a key change. */
    @Test
    void keyChangesCutByABatchsEnd_areWhole_thoughTheRelayEndsThere(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        db.execute("INSERT INTO item SELECT i, 'n', i FROM generate_series(1, " + ROWS + ") i");
        RelaySettings small = withBatch(kafka, prefix, 7);
        List<ConsumerRecord<byte[], byte[]>> all = cut(small, 2 * ROWS, "UPDATE item SET id = id + " + ROWS);
        assertEquals(3 * ROWS, all.size());
        assertEquals(3 * ROWS, positions(all).size());
    }

    private RelaySettings withBatch(EmbeddedKafka kafka, TopicPrefix prefix, int records) {
        return settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .batch(records, 1 << 20)
                .build();
    }

    /** The confirmation is what lets the server forget. */
    @Test
    void slot_isNotConfirmed_beforeTheLedgerHasIt(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        db.execute("INSERT INTO item VALUES (0, 'a', 1)");
        // without samples an idle relay writes nothing, so that the next thing it writes is the change
        Relay relay = start(settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .sampleInterval(Duration.ofMinutes(1))
                .build());
        until(relay, s -> is(s, StreamStatus.RUNNING));
        entry("items", StreamStatus.RUNNING);
        // each producer knows the topic then, so that none waits for Kafka before it comes to commit
        for (int i = 1; i <= WARM; i++) {
            db.execute("INSERT INTO item VALUES (" + i + ", 'warm', 1)");
            until(topicHas(topic, i + 1));
        }
        kafka.pause();
        try (Connection c = db.connect();
                Statement s = c.createStatement()) {
            String ledger = Lsn.format(relay.status().position().lsn());
            s.execute("INSERT INTO item VALUES (100, 'a', 1)");
            try (var row = s.executeQuery("SELECT pg_current_wal_insert_lsn(), now()")) {
                row.next();
                String written = row.getString(1);
                String now = row.getString(2);
                // the log was sent, and the relay has told twice since how far it is
                Awaitility.await().atMost(LIMIT).until(() -> told(s, written, now));
            }
            try (var row = s.executeQuery("SELECT confirmed_flush_lsn <= '" + ledger
                    + "'::pg_lsn FROM pg_replication_slots WHERE slot_name = '" + slot() + "'")) {
                row.next();
                assertTrue(row.getBoolean(1), "the slot is ahead of the ledger");
            }
        } finally {
            kafka.resume();
        }
        try {
            until(topicHas(topic, WARM + 2));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(relay.status() + ", at " + stackOf("relay/shop") + ", the topic has " + keys(), e);
        }
    }

    private static String stackOf(String thread) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(t -> t.getKey().getName().equals(thread))
                .map(t -> Arrays.toString(t.getValue()))
                .findFirst()
                .orElse("no stack");
    }

    private List<String> keys() {
        return topics.readAll(topic).stream()
                .map(r -> r.offset() + " " + TopicReader.text(r.key()))
                .toList();
    }

    private boolean told(Statement s, String written, String now) throws Exception {
        try (var row = s.executeQuery("SELECT sent_lsn >= '" + written + "'::pg_lsn AND reply_time > '" + now
                + "'::timestamptz + interval '2.5 s' FROM pg_stat_replication r JOIN pg_replication_slots l ON"
                + " l.active_pid = r.pid WHERE slot_name = '" + slot() + "'")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** The log is decoded with the catalog of its time, in which such a transaction's table was not published yet. */
    @Test
    void transactionThatWritesWhileItsTableJoins_isNotLost(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        captureNotes(kafka, prefix);
        try (Connection open = db.connect();
                Statement s = open.createStatement()) {
            open.setAutoCommit(false);
            s.execute("INSERT INTO note VALUES (1, 'before')");
            relay = start(settings);
            Awaitility.await().atMost(LIMIT).until(() -> published("note"));
            s.execute("INSERT INTO note VALUES (2, 'after')");
            // the relay goes as far as it can without it
            db.execute("INSERT INTO item VALUES (1, 'a', 1)");
            until(topicHas(topic, 1));
            open.commit();
        }
        assertTrue(entry("notes", StreamStatus.RUNNING) != null);
        assertEquals(2, topics.state(prefix.name("notes"), settle(relay)).size());
    }

    private void until(Callable<Boolean> reached) {
        Awaitility.await().atMost(LIMIT).until(reached);
    }

    private Callable<Boolean> topicHas(String of, int records) {
        return () -> topics.readAll(of).size() == records;
    }

    private boolean published(String table) throws Exception {
        try (Connection c = db.connect();
                Statement s = c.createStatement();
                var row = s.executeQuery("SELECT 1 FROM pg_publication_tables WHERE pubname = '" + slot()
                        + "' AND tablename = '" + table + "'")) {
            return row.next();
        }
    }
}
