package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.LossException;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.kafka.KafkaTopicStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics that somebody changes beneath a leading relay. */
class ChangedTopicTest extends RelayFixture {
    private static final Duration OFTEN = Duration.ofMillis(100);

    private Admin admin;
    private StreamSettings notes;

    @BeforeEach
    void prepareSecondStream(EmbeddedKafka kafka, TopicPrefix prefix) throws SQLException {
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        db.execute("CREATE TABLE note (id bigint PRIMARY KEY, body text)");
        notes = stream("notes", "public.note", prefix.name("notes"));
        settings = settings(kafka, prefix, List.of(stream("items", "public.item", topic), notes))
                .topicCheckInterval(OFTEN)
                .topicDoubtLimit(OFTEN)
                .build();
    }

    @AfterEach
    void closeAdmin() {
        admin.close();
    }

    private Relay startWithRows() throws SQLException {
        Relay relay = start(settings);
        db.execute(
                "INSERT INTO note SELECT i, 'n' FROM generate_series(1, 100) i",
                "INSERT INTO item SELECT i, 'i', i FROM generate_series(1, 10) i");
        until(
                relay,
                s -> s.streams().size() == 2 && s.streams().stream().allMatch(e -> e.status() == StreamStatus.RUNNING));
        settle(relay);
        return relay;
    }

    private void makeAgain() {
        makeAgain(List.of(notes));
    }

    private void makeAgain(List<StreamSettings> streams) {
        try (KafkaTopicStore store = KafkaTopicStore.create(settings)) {
            store.delete(streams.stream().map(StreamSettings::topic).toList());
            streams.forEach(store::create);
        }
    }

    /** Waits until the one stream is broken, and sees that the other goes on. */
    private void assertNotesBroken(Relay relay, String... why) throws SQLException {
        StreamEntry entry = entry("notes", StreamStatus.BROKEN);
        String reason = String.valueOf(entry.advice());
        assertTrue(Stream.of(why).anyMatch(reason::contains) && reason.contains("freshet resnapshot notes"), reason);
        db.execute("UPDATE item SET name = 'after'", "UPDATE note SET body = 'after'");
        assertTopicIsTable(relay);
        assertTrue(relay.status().alarms().stream()
                .anyMatch(a -> a.contains("'notes'") && Stream.of(why).anyMatch(a::contains)));
    }

    @Test
    void topicMadeAgain_isNoticedWhileTheSourceIsIdle_andNothingIsWrittenIntoIt() throws Exception {
        Relay relay = startWithRows();
        makeAgain();
        // how far the making had come when it was noticed
        assertNotesBroken(relay, "was deleted and made again", "is gone");
        assertEquals(List.of(), topics.readAll(notes.topic()));
    }

    @Test
    void topicMadeAgain_isNoticedByTheFirstWrite_beforeItIsCommitted(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        settings = settings(kafka, prefix, settings.streams())
                .topicCheckInterval(Duration.ofHours(1))
                .topicDoubtLimit(OFTEN)
                .build();
        Relay relay = startWithRows();
        Position before = settle(relay).boundary().position();
        makeAgain();
        db.execute("UPDATE item SET name = 'meanwhile'");
        assertTrue(settle(relay).boundary().position().isAfter(before));
        db.execute("UPDATE note SET body = 'b' WHERE id < 30");
        assertNotesBroken(relay, "deleted and made again");
        Position since = entry("notes", StreamStatus.BROKEN).since();
        assertTrue(since.compareTo(before) <= 0, () -> since + " is behind " + before);
        assertEquals(List.of(), topics.readAll(notes.topic()));
    }

    @Test
    void topicsMadeAgain_areAllNoticedByTheFirstWrite_ofABatchForThem(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        settings = settings(kafka, prefix, settings.streams())
                .topicCheckInterval(Duration.ofHours(1))
                .topicDoubtLimit(Duration.ofHours(1))
                .build();
        startWithRows();
        makeAgain(settings.streams());
        db.execute("BEGIN; UPDATE item SET name = 'b'; UPDATE note SET body = 'b'; COMMIT");
        entry("notes", StreamStatus.BROKEN);
        entry("items", StreamStatus.BROKEN);
    }

    @Test
    void deletedTopic_breaksItsStreamAlone() throws Exception {
        Relay relay = startWithRows();
        admin.deleteTopics(List.of(notes.topic())).all().get();
        assertNotesBroken(relay, "is gone");
    }

    @Test
    void topicsDeletedBesideTheRelay_areDoubtedTogether_atTheNextTakeOver(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        startWithRows().close();
        settings = settings(kafka, prefix, settings.streams())
                .topicDoubtLimit(Duration.ofHours(1))
                .build();
        admin.deleteTopics(List.of(topic, notes.topic())).all().get();
        Relay relay = start(settings);
        until(
                relay,
                s -> s.state() == RelayStatus.State.RETRYING
                        && Stream.of(topic, notes.topic())
                                .allMatch(t -> String.valueOf(s.message()).contains("The topic '" + t + "' is gone")));
    }

    @Test
    void addedPartitions_breakTheStream() throws Exception {
        Relay relay = startWithRows();
        admin.createPartitions(Map.of(notes.topic(), NewPartitions.increaseTo(5)))
                .all()
                .get();
        assertNotesBroken(relay, "had 3 partitions and now has 5");
    }

    @Test
    void deletedRecords_breakTheStream() throws Exception {
        Relay relay = startWithRows();
        alter("cleanup.policy", "compact,delete");
        admin.deleteRecords(Map.of(new TopicPartition(notes.topic(), 0), RecordsToDelete.beforeOffset(3)))
                .all()
                .get();
        assertNotesBroken(relay, "begins at offset 3 in partition 0");
    }

    @Test
    void settingThatContradicts_isAnAlarmWithBothValues_untilItIsMended() throws Exception {
        Relay relay = startWithRows();
        for (String[] change : new String[][] {
            {"cleanup.policy", "delete", "compact"},
            {"message.timestamp.type", "CreateTime", "LogAppendTime"},
            {"min.compaction.lag.ms", "1", "3600000"},
            {"delete.retention.ms", "1000", "604800000"}
        }) {
            alter(change[0], change[1]);
            until(relay, s -> s.alarms().stream()
                    .anyMatch(a -> a.contains(change[0] + "=" + change[1])
                            && a.contains("needs " + change[2])
                            && a.contains("kafka-configs.sh")));
            alter(change[0], change[2]);
            until(relay, s -> s.alarms().isEmpty());
        }
        assertFalse(is(relay.status(), StreamStatus.BROKEN));
        assertTopicIsTable(relay);
    }

    @Test
    void ledgerThatForgets_isAnAlarm_untilItIsMended() throws Exception {
        Relay relay = startWithRows();
        alter(settings.ledger(), "cleanup.policy", "compact,delete");
        until(relay, s -> s.alarms().stream()
                .anyMatch(a -> a.contains("ledger topic '" + settings.ledger() + "' has cleanup.policy=")));
        alter(settings.ledger(), "cleanup.policy", "compact");
        until(relay, s -> s.alarms().isEmpty());
    }

    /** Waits until the relay has stopped over its ledger, and sees that it says so and what to do. */
    private void assertLedgerLost(Relay relay) {
        Throwable end = failure(relay);
        assertInstanceOf(LossException.class, end);
        assertEquals(RelayStatus.State.STOPPED, relay.status().state());
        String message = String.valueOf(relay.status().message());
        assertTrue(
                message.contains("The ledger '" + settings.ledger() + "' of source 'shop' is lost")
                        && message.contains("freshet remove source shop"),
                message);
    }

    @Test
    void ledgerMadeAgain_stopsTheRelay_andNothingIsWrittenIntoIt() throws Exception {
        Relay relay = startWithRows();
        try (KafkaTopicStore store = KafkaTopicStore.create(settings)) {
            store.delete(List.of(settings.ledger()));
            store.createLedger();
        }
        db.execute("UPDATE item SET name = 'after'");
        assertLedgerLost(relay);
        assertEquals(List.of(), topics.readAll(settings.ledger()));
    }

    @Test
    void deletedLedger_stopsTheRelay_whichMakesNoOther() throws Exception {
        Relay relay = startWithRows();
        admin.deleteTopics(List.of(settings.ledger())).all().get();
        assertLedgerLost(relay);
        assertFalse(admin.listTopics().names().get().contains(settings.ledger()));
    }

    private void alter(String name, String value) throws ExecutionException, InterruptedException {
        alter(notes.topic(), name, value);
    }

    private void alter(String changed, String name, String value) throws ExecutionException, InterruptedException {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, changed),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET))))
                .all()
                .get();
    }
}
