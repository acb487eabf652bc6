package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.AgentRunner;
import dev.freshet.model.agent.FaultLog;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.stream.LedgerAgent;
import dev.freshet.stream.LedgerView;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class KafkaLedgerReaderTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private TestRelay relay;
    private KafkaLedgerReader reader;
    private LedgerView view;
    private KafkaConnection connection;

    @BeforeEach
    void start(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        relay = new TestRelay(kafka.bootstrapServers(), prefix + "shop");
        connection = new KafkaConnection(kafka.bootstrapServers(), Map.of());
        view = LedgerView.of(relay.ledger, Clock.systemUTC());
        reader = KafkaLedgerReader.create(connection, view, LIMIT);
    }

    @AfterEach
    void close() {
        reader.close();
        relay.close();
    }

    private Optional<Boundary> reached(String topic, long position) {
        return view.reached(Map.of(topic, OffsetVector.of(position)), Set.of(topic));
    }

    @Test
    void readToEnd_hasAllThatWasCommitted_andPollWhatFollows() throws Exception {
        String topic = relay.capture("orders", 1);
        reader.readToEnd(LIMIT);
        assertEquals(Optional.empty(), view.cursor());
        Boundary first = relay.begin().put("orders", 0, "1", "a").commit();
        relay.begin().put("orders", 0, "1", "b").abort();
        reader.readToEnd(LIMIT);
        assertEquals(Optional.of(first), reached(topic, 1));
        assertEquals(Optional.empty(), reached(topic, 0));
        Boundary second = relay.begin().put("orders", 0, "1", "c").commit();
        while (!reached(topic, 100).equals(Optional.of(second))) {
            reader.poll(LIMIT);
        }
        assertEquals(Optional.of(first), reached(topic, 4));
    }

    @Test
    void openTransaction_isNotRead() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "a").commit();
        relay.begin().schema("orders").put("orders", 0, "1", "b");
        reader.readToEnd(LIMIT);
        assertEquals(Optional.empty(), view.schema("orders", relay.schema.version()));
        relay.commit();
        assertEquals(relay.schema, reader.awaitSchema("orders", relay.schema.version(), LIMIT));
    }

    @Test
    void awaitSchema_isServedByTheAgentThatPolls() throws Exception {
        relay.capture("orders", 1);
        LedgerAgent agent = new LedgerAgent(reader, Duration.ofSeconds(1));
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        view.addListener(() -> told.complete(true));
        try (AgentRunner runner = AgentRunner.start(
                agent,
                Clock.systemUTC(),
                Duration.ofMillis(1),
                Duration.ofSeconds(1),
                FaultLog.of((m, e) -> {}, m -> {}))) {
            assertEquals("ledger/" + relay.ledger, runner.name());
            relay.begin().schema("orders").put("orders", 0, "1", "b").commit();
            assertEquals(relay.schema, reader.awaitSchema("orders", relay.schema.version(), LIMIT));
            assertTrue(told.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void recordThatCannotBeRead_isNotPassedOver() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "a").commit();
        relay.begin().foreign(relay.ledger, 0, "cursor", "{}").commit();
        reader.poll(Duration.ZERO);
        for (int i = 0; i < 2; i++) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> reader.readToEnd(LIMIT));
            assertTrue(e.getMessage().contains("'cursor' at offset 2"), e.getMessage());
        }
    }

    @Test
    void schemaThatDoesNotCome_isNamed() {
        RetriableException e = assertThrows(
                RetriableException.class, () -> reader.awaitSchema("orders", "feed", Duration.ofMillis(100)));
        assertTrue(
                e.getMessage().contains("no schema feed of stream 'orders' after 100 ms")
                        && e.getMessage().contains("run 'freshet remove stream orders' to begin it anew"),
                e.getMessage());
    }

    @Test
    void absentLedger_isNamed_withTheWayOut() {
        LedgerView absent = LedgerView.of("absent.freshet-ledger", Clock.systemUTC());
        try (KafkaLedgerReader none = KafkaLedgerReader.create(connection, absent, Duration.ofSeconds(2))) {
            RetriableException e = assertThrows(RetriableException.class, () -> none.readToEnd(LIMIT));
            assertTrue(e.getMessage().contains("'absent.freshet-ledger'"), e.getMessage());
        }
    }

    @Test
    void topicWithSeveralPartitions_isNoLedger() throws Exception {
        String topic = relay.capture("orders", 2);
        try (KafkaLedgerReader none =
                KafkaLedgerReader.create(connection, LedgerView.of(topic, Clock.systemUTC()), LIMIT)) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> none.readToEnd(LIMIT));
            assertTrue(e.getMessage().contains("has 2 partitions"), e.getMessage());
        }
    }

    @Test
    void ledgerMadeAgain_isALoss() throws Exception {
        relay.capture("orders", 1);
        relay.begin().put("orders", 0, "1", "a").commit();
        reader.readToEnd(LIMIT);
        relay.admin.deleteTopics(Set.of(relay.ledger)).all().get(30, TimeUnit.SECONDS);
        relay.createTopic(relay.ledger, 1);
        LossException e = assertThrows(LossException.class, () -> {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < deadline) {
                reader.poll(Duration.ofMillis(100));
            }
        });
        assertTrue(e.getMessage().contains(relay.ledger), e.getMessage());
    }
}
