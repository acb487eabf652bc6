package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.letters.LetterChange;
import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterHead;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Names;
import dev.freshet.model.event.EventIds;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Events by rows of an outbox table, which the relay finds in the log. */
class OutboxTablePublicationTest extends DeadLetterSuite {
    private final EventIds ids = new EventIds(Clock.systemUTC());

    @Override
    SqlOutbox outbox() throws Exception {
        try (InputStream file = SqlOutbox.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            db.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        return SqlOutbox.table(Dialect.POSTGRESQL).build();
    }

    @Override
    RelaySettings.Builder relayed(RelaySettings.Builder builder) {
        return builder.events(events.withOutbox("public.freshet_outbox", retention));
    }

    @Test
    void eventsThatTheTableHadBefore_areSentFirst_eachOnce() throws Exception {
        List<UUID> published = new ArrayList<>();
        publish(published, 2_500);
        Relay relay = start(settings);
        publish(published, 500);
        until(relay, s -> runs(s, "orders"));
        publish(published, 500);
        assertOnceInOrder(published, settle(relay));
    }

    @Test
    void relayThatEndsAmidstTheEventsOfBefore_goesOnWhereItWas() throws Exception {
        List<UUID> published = new ArrayList<>();
        publish(published, 3_000);
        settings = batchesOf(50);
        int seen = 0;
        for (int i = 0; i < 4; i++) {
            Relay relay = start(settings);
            long before = seen;
            until(relay, s -> s.recordsSent() > 200 || runs(s, "orders"));
            relay.close();
            seen += (int) relay.status().recordsSent();
            assertTrue(seen > before, "each goes on");
            publish(published, 20);
        }
        Relay last = start(settings);
        until(last, s -> runs(s, "orders"));
        assertOnceInOrder(published, settle(last));
    }

    @Test
    void transactionThatWasOpenWhenTheTableJoined_isWaitedFor(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        makeSlot(kafka, prefix);
        List<UUID> published = new ArrayList<>();
        try (Connection open = transaction()) {
            publish(open, published, 10);
            Relay relay = start(settings);
            until(relay, s -> s.streams().stream().anyMatch(e -> e.stream().equals("orders")));
            List<UUID> meanwhile = new ArrayList<>();
            publish(meanwhile, 10);
            // the log's rows have gone by, which is all that it waits for but the open transaction
            long now = insertLsn();
            until(relay, s -> s.position() != null && s.position().lsn() >= now);
            assertTrue(relay.status().streams().stream()
                    .noneMatch(e ->
                            e.status() == StreamStatus.RUNNING && e.stream().equals("orders")));
            open.commit();
            until(relay, s -> runs(s, "orders"));
            published.addAll(meanwhile);
            assertEquals(
                    published.stream().map(UUID::toString).sorted().toList(),
                    ids(settle(relay)).stream().sorted().toList());
        }
    }

    /** A slot is made only when no transaction is open. */
    private void makeSlot(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        Relay withoutEvents = start(settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .build());
        settle(withoutEvents);
        withoutEvents.close();
    }

    @Test
    void rowOfBeforeThatIsNoEvent_andThatTheLogGivesToo_isOneLetter(EmbeddedKafka kafka, TopicPrefix prefix)
            throws Exception {
        makeSlot(kafka, prefix);
        UUID id = ids.next();
        try (Connection open = transaction()) {
            publish(open, new ArrayList<>(), 1);
            Relay relay = start(settings);
            until(relay, s -> s.streams().stream().anyMatch(e -> e.stream().equals("orders")));
            insert(id, "k", "t", "application/json", "NULL, NULL, NULL");
            long now = insertLsn();
            until(relay, s -> s.position() != null && s.position().lsn() >= now);
            open.commit();
            until(relay, s -> runs(s, "orders") && runs(s, Names.DEAD_LETTERS));
            settle(relay);
        }
        assertEquals(
                List.of(id.toString()), heads().stream().map(LetterHead::id).toList());
        assertTrue(heads().get(0).reason().contains("the row " + id + " of the outbox table: payload"));
    }

    /** Inserts a row as another program may; its headers and both payloads are SQL. */
    private void insert(UUID id, String key, String type, String contentType, String values) throws Exception {
        db.execute("INSERT INTO freshet_outbox (id, stream, event_key, event_type, content_type, headers, payload,"
                + " payload_bytes) VALUES ('" + id + "', 'orders', '" + key + "', '" + type + "', '" + contentType
                + "', " + values + ")");
    }

    @Test
    void eventThatPublishWouldRefuse_isALetterThatHoldsUpItsKey_andIsSentOnceItIsMended() throws Exception {
        parking(FailedKeys.PARK, 3, 3);
        Relay relay = running();
        String one = "'{\"tenant\":\"a\"}', '\"1\"', NULL";
        insert(ids.next(), "a", "", "application/json", one);
        insert(ids.next(), "b", "t", "", one);
        String taken = one.replace("{", "{\"CE_id\":\"x\", \"freshet-dead-letter-resolves\":\"0-0\", ");
        insert(ids.next(), "c", "t", "application/json", taken);
        publish("orders", "a", "2");
        publish("orders", "d", "1");
        assertEquals(List.of("d 1"), sent(relay));
        assertEquals(List.of("orders a invalid", "orders b invalid", "orders c invalid", "orders a behind"), letters());
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> desk().redrive(ofKey("a"), n -> {}));
        assertTrue(String.valueOf(refused.getMessage()).contains("its type has 0 characters"), refused.getMessage());
        FreshetException partly = assertThrows(FreshetException.class, () -> desk().redrive(LetterFilter.ALL, n -> {}));
        assertTrue(String.valueOf(partly.getMessage()).startsWith("1 were sent, but not all."), partly.getMessage());
        assertTrue(String.valueOf(partly.getMessage()).endsWith("Behind them wait 1 of their keys."));
        assertEquals(List.of("orders a invalid", "orders b invalid", "orders a behind"), letters());
        desk().replace(heads().get(0).place().toString(), retyped(Optional.of("happened"), Optional.empty()));
        desk().replace(heads().get(1).place().toString(), retyped(Optional.empty(), Optional.of("text/plain")));
        assertEquals(3, desk().redrive(LetterFilter.ALL, n -> {}));
        publish("orders", "a", "3");
        assertEquals(List.of("d 1", "c 1", "a 1", "b 1", "a 2", "a 3"), sent(relay));
    }

    private static LetterChange retyped(Optional<String> type, Optional<String> contentType) {
        return new LetterChange(Optional.empty(), Optional.empty(), type, Optional.empty(), contentType, Map.of());
    }

    @Test
    void eventsOfBeforeForNoKnownStream_goToTheDeadLetters(TopicPrefix prefix) throws Exception {
        try (Connection connection = transaction()) {
            outbox.publish(
                    connection,
                    Event.builder("shipments", "shipped").key("9").payload(9).build());
            connection.commit();
        }
        List<UUID> published = new ArrayList<>();
        publish(published, 10);
        Relay relay = start(settings);
        until(relay, s -> runs(s, "orders") && runs(s, Names.DEAD_LETTERS));
        Cursor cursor = settle(relay);
        assertOnceInOrder(published, cursor);
        assertEquals(1, topics.readTo(prefix.name("dead-letters"), cursor).size());
    }

    @Test
    void rowsOfBeforeThatAreNoEvents_goToTheDeadLetters_andTheOthersGoOn() throws Exception {
        List<UUID> published = new ArrayList<>();
        publish(published, 5);
        for (String values : List.of("'no object', '1', NULL", "NULL, NULL, NULL", "NULL, '1', '\\x01'")) {
            insert(ids.next(), "k", "t", "application/json", values);
        }
        publish(published, 5);
        Relay relay = start(settings);
        until(relay, s -> runs(s, "orders") && runs(s, Names.DEAD_LETTERS));
        Cursor cursor = settle(relay);
        assertOnceInOrder(published, cursor);
        assertEquals(
                List.of("unreadable", "unreadable", "unreadable"),
                heads().stream().map(LetterHead::error).toList());
    }

    @Test
    void tableThatCannotBeRead_isTold_andTheOtherStreamsGoOn() throws Exception {
        db.execute("ALTER TABLE freshet_outbox RENAME COLUMN txid TO other");
        List<UUID> published = new ArrayList<>();
        publish(published, 20);
        Relay relay = start(settings);
        until(relay, s -> s.alarms().stream().anyMatch(a -> a.contains("txid")));
        db.execute("INSERT INTO item VALUES (1, 'a', 1)");
        publish(published, 20);
        assertTopicIsTable(relay);
        db.execute("ALTER TABLE freshet_outbox RENAME COLUMN other TO txid");
        publish(published, 20);
        until(relay, s -> runs(s, "orders") && s.alarms().isEmpty());
        assertOnceInOrder(published, settle(relay));
    }

    private static final String PARTITIONS =
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'freshet_outbox'::regclass";

    private void until(String condition) {
        Awaitility.await().atMost(LIMIT).until(() -> db.text(condition).equals("t"));
    }

    /** Publishes in each of a few seconds, each of which has a partition. */
    private void publishIntoSeveralPartitions(List<UUID> published) throws Exception {
        for (int i = 0; i < 4; i++) {
            publish(published, 50);
            until("SELECT clock_timestamp() >= '"
                    + db.text("SELECT date_bin('1 s', clock_timestamp(), 'epoch') + '1 s'") + "'");
        }
    }

    @Test
    void eventsThatAreSent_goWithTheirPartitions_andNoneIsLost() throws Exception {
        retention = new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofSeconds(1));
        settings = relayed(builder).build();
        List<UUID> published = new ArrayList<>();
        publish(published, 100);
        Relay relay = start(settings);
        until(relay, s -> runs(s, "orders"));
        publishIntoSeveralPartitions(published);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertEquals("0", db.text("SELECT count(*) FROM freshet_outbox")));
        assertTrue(Integer.parseInt(db.text(PARTITIONS)) < 10, "old ones are dropped");
        assertOnceInOrder(published, settle(relay));
    }

    @Test
    void eventOfAClockThatIsAhead_isSentOnce_andKeepsNoPartitionFromBeingMade() throws Exception {
        retention = new OutboxRetention(Optional.empty(), Duration.ofSeconds(2));
        settings = relayed(builder).build();
        for (int seconds = 0; seconds < 20; seconds++) {
            try (Connection connection = transaction()) {
                Instant ahead = Instant.now().plusSeconds(seconds);
                outbox.publish(
                        connection,
                        Event.builder("orders", "order-placed")
                                .id(EventIds.of(ahead, "ahead-" + seconds))
                                .key("k")
                                .payload(seconds)
                                .build());
                connection.commit();
            }
        }
        Relay relay = start(settings);
        until(relay, s -> runs(s, "orders"));
        // partitions are made for the time to come, in which these events are
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(
                        () -> assertNotEquals(
                                "0",
                                db.text(
                                        "SELECT count(*) FROM freshet_outbox WHERE tableoid <> 'freshet_outbox_rest'::regclass")));
        assertEquals(20, ids(settle(relay)).stream().distinct().count());
        assertEquals(20, ids(settle(relay)).size());
        assertEquals(List.of(), relay.status().alarms());
    }

    @Test
    void roleWithTheLeastRights_relaysAndClears() throws Exception {
        String role = db.name() + "_r";
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'p'",
                "GRANT SELECT ON freshet_outbox, item TO " + role,
                "GRANT EXECUTE ON FUNCTION freshet_outbox_roll TO " + role,
                "CREATE PUBLICATION " + slot()
                        + " FOR TABLE freshet_outbox, item WITH (publish_via_partition_root = true)");
        retention = new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofSeconds(1));
        settings = relayed(builder).build();
        List<UUID> published = new ArrayList<>();
        publish(published, 50);
        try (Relay relay = start(settings, () -> openSource(role, "p"))) {
            until(relay, s -> runs(s, "orders"));
            publishIntoSeveralPartitions(published);
            Awaitility.await()
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertEquals("0", db.text("SELECT count(*) FROM freshet_outbox")));
            assertNotEquals("1", db.text(PARTITIONS), "there are partitions that only their owner may read");
        }
        // another relay checks all rights anew
        try (Relay second = start(settings, () -> openSource(role, "p"))) {
            publish(published, 50);
            assertOnceInOrder(published, settle(second));
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void resnapshotOfAStreamOfEvents_sendsAgainWhatTheTableHas_withTheSameIds() throws Exception {
        retention = new OutboxRetention(Optional.empty(), Duration.ofMinutes(10));
        settings = relayed(builder).build();
        List<UUID> published = new ArrayList<>();
        publish(published, 50);
        Relay relay = start(settings);
        until(relay, s -> runs(s, "orders"));
        RelayResnapshot command = new RelayResnapshot(settings, Clock.systemUTC());
        assertTrue(
                command.planSource(RelayResnapshot.Options.NONE).actions().stream()
                        .noneMatch(a -> a.contains("stream 'orders'")),
                "a source's tables are read anew without sending its events again");
        RelayResnapshot.Plan plan = command.planStream("orders", RelayResnapshot.Options.NONE);
        assertTrue(plan.actions().get(0).startsWith("send again, with the same ids, the events of stream 'orders'"));
        command.carryOut(plan);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertEquals(100, ids(settle(relay)).size()));
        assertEquals(50, ids(settle(relay)).stream().distinct().count());
    }

    @Test
    void eventThatIsNotSent_keepsItsPartition() throws Exception {
        db.execute("SELECT freshet_outbox_roll(pg_current_snapshot(), '0', '1s', 3)");
        String snapshot = db.text("SELECT pg_current_snapshot()::text");
        // the first partition begins with the next second
        Awaitility.await().atMost(LIMIT).until(this::publishesIntoAPartition);
        until("SELECT freshet_outbox_id(clock_timestamp() - interval '1 s') > id FROM freshet_outbox");
        assertEquals("0", db.text("SELECT freshet_outbox_roll('" + snapshot + "', '0', '1s', 3)"));
        assertEquals("1", db.text("SELECT count(*) FROM freshet_outbox"));
        assertNotEquals("0", db.text("SELECT freshet_outbox_roll(pg_current_snapshot(), '0', '1s', 3)"));
        assertEquals("0", db.text("SELECT count(*) FROM freshet_outbox"));
    }

    private boolean publishesIntoAPartition() throws Exception {
        db.execute("DELETE FROM freshet_outbox");
        publish(new ArrayList<>(), 1);
        return !db.text("SELECT tableoid::regclass::text FROM freshet_outbox").equals("freshet_outbox_rest");
    }

    @Test
    void slotThatIsLost_losesNoEventThatTheTableHas() throws Exception {
        settings = relayed(builder.onLoss(LossPolicy.RESNAPSHOT)).build();
        List<UUID> published = new ArrayList<>();
        publish(published, 100);
        Relay first = start(settings);
        until(first, s -> runs(s, "orders"));
        settle(first);
        first.close();
        db.execute("SELECT pg_drop_replication_slot('" + slot() + "')");
        publish(published, 100);
        Relay second = start(settings);
        until(second, s -> runs(s, "orders"));
        publish(published, 100);
        List<String> ids = ids(settle(second));
        assertEquals(
                published.stream().map(UUID::toString).collect(Collectors.toSet()),
                new HashSet<>(ids),
                "none is missing");
        for (UUID id : published.subList(100, 300)) {
            assertEquals(1, Collections.frequency(ids, id.toString()), "what was not sent before is sent once");
        }
    }

    private static boolean runs(RelayStatus status, String stream) {
        return status.streams().stream().anyMatch(e -> e.stream().equals(stream) && e.status() == StreamStatus.RUNNING);
    }
}
