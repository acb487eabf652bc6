package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelayResnapshot.Options;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An operator has rows read anew, between real servers, beside a relay and without one. */
class ResnapshotCommandTest extends RelayFixture {

    private RelayResnapshot resnapshot() {
        return new RelayResnapshot(settings, InstantSource.system());
    }

    private void resnapshotStream(Options options) {
        resnapshot().carryOut(resnapshot().planStream("items", options));
    }

    private void resnapshotSource(Options options) {
        resnapshot().carryOut(resnapshot().planSource(options));
    }

    private static SnapshotProgress progress(StreamEntry entry) {
        return Objects.requireNonNull(entry.snapshot());
    }

    private void refused(String part, Options options) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> resnapshot().planStream("items", options));
        assertTrue(String.valueOf(e.getMessage()).contains(part), e::toString);
    }

    @Test
    void runningStream_isReadAnewByTheRunningRelay_whichCanBePausedAndLimited() throws SQLException {
        db.execute("INSERT INTO item SELECT i, 'a', i FROM generate_series(1, 100) i");
        Relay relay = start(settings);
        settle(relay);
        refused("no snapshot of it is under way", new Options(null, true));
        long epochs = topics.cursor(settings.ledger()).epoch();
        List<String> told =
                resnapshot().planStream("items", new Options(1L, null)).actions();
        assertTrue(told.get(0).contains("at most 1 rows a second"), told::toString);
        // a row a second, so that it is under way until the limit is lifted
        resnapshotStream(new Options(1L, null));
        StreamEntry entry = entry("items", StreamStatus.SNAPSHOTTING);
        assertEquals("an operator asked for it", entry.reason());
        assertEquals(1, progress(entry).maxRowsPerSecond());
        resnapshotSource(new Options(null, true));
        assertTrue(progress(entry("items", StreamStatus.SNAPSHOTTING)).paused());
        until(relay, s -> s.streams().stream()
                .anyMatch(e -> e.snapshot() != null && e.snapshot().paused()));
        resnapshotStream(new Options(0L, false));
        assertTopicIsTable(relay);
        assertEquals(epochs, topics.cursor(settings.ledger()).epoch());
    }

    @Test
    void lostSource_beginsAnewOnceAnOperatorHasSaidSo() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        db.execute("SELECT pg_drop_replication_slot('" + slot() + "')", "INSERT INTO item VALUES (1, 'a', 1)");
        Relay lost = start(settings);
        Awaitility.await().atMost(LIMIT).until(() -> lost.ended().isCompletedExceptionally());
        refused("freshet resnapshot --source shop", Options.NONE);
        assertThrows(ConfigurationException.class, () -> resnapshotSource(new Options(5L, null)));
        assertTrue(resnapshot().planSource(Options.NONE).actions().toString().contains("is gone"));
        resnapshotSource(Options.NONE);
        assertTopicIsTable(start(settings));
        assertEquals(2, topics.cursor(settings.ledger()).epoch());
    }

    @Test
    void brokenTopic_isDeletedAndBegunAnew(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        settings = settings(kafka, prefix, settings.streams())
                .topicCheckInterval(Duration.ofMillis(200))
                .topicDoubtLimit(Duration.ofMillis(200))
                .build();
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        Relay relay = start(settings);
        settle(relay);
        try (KafkaTopicStore store = KafkaTopicStore.create(settings)) {
            store.delete(List.of(topic));
        }
        entry("items", StreamStatus.BROKEN);
        assertTrue(
                resnapshot().planStream("items", Options.NONE).actions().get(0).contains("delete the topic '" + topic));
        refused("snapshot-max-rows-per-second", new Options(5L, null));
        resnapshotStream(Options.NONE);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        settle(relay);
        assertEquals(1, topics.state(topic, topics.cursor(settings.ledger())).size());
    }

    @Test
    void unknownStream_andALostRace_areSaidSo() throws SQLException {
        refused("knows no stream 'items'", Options.NONE);
        assertThrows(ConfigurationException.class, () -> resnapshotSource(Options.NONE));
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        RelayResnapshot always = losing(Integer.MAX_VALUE);
        RelayResnapshot.Plan plan = always.planStream("items", Options.NONE);
        RetriableException e = assertThrows(RetriableException.class, () -> always.carryOut(plan));
        assertTrue(String.valueOf(e.getMessage()).contains("run 'freshet resnapshot items' again"), e::toString);
        assertEquals(StreamStatus.RUNNING, entry("items", StreamStatus.RUNNING).status());
        losing(1).carryOut(plan);
        entry("items", StreamStatus.SNAPSHOTTING);
    }

    /** A command before whose entry a relay takes over so many times. */
    private RelayResnapshot losing(int times) {
        AtomicInteger left = new AtomicInteger(times);
        // the clock is asked just before the ledger is written
        return new RelayResnapshot(settings, () -> {
            if (left.getAndDecrement() > 0) {
                try (KafkaTopicWriter other = KafkaTopicWriter.create(settings)) {
                    other.fence();
                }
            }
            return Instant.now();
        });
    }
}
