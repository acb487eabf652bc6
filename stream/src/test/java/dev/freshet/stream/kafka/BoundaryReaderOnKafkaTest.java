package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.agent.AgentRunner;
import dev.freshet.model.agent.FaultLog;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.stream.BoundaryBatch;
import dev.freshet.stream.BoundaryLimits;
import dev.freshet.stream.BoundaryReader;
import dev.freshet.stream.BoundaryState;
import dev.freshet.stream.LedgerAgent;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class BoundaryReaderOnKafkaTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int TOTAL = 1000;

    private TestRelay relay;
    private KafkaConnection connection;
    private KafkaLedgerReader ledger;
    private AgentRunner agent;
    private Set<String> topics;

    /** The copy: applied at boundaries only. */
    private final Map<String, Integer> copy = new TreeMap<>();

    private BoundaryState state = BoundaryState.NONE;

    @BeforeEach
    void start(EmbeddedKafka kafka, TopicPrefix prefix) throws Exception {
        relay = new TestRelay(kafka.bootstrapServers(), prefix + "bank");
        topics = Set.of(relay.capture("accounts", 3), relay.capture("savings", 2));
        connection = new KafkaConnection(kafka.bootstrapServers(), Map.of());
        LedgerView view = LedgerView.of(relay.ledger, Clock.systemUTC());
        ledger = KafkaLedgerReader.create(connection, view, LIMIT);
        agent = AgentRunner.start(
                new LedgerAgent(ledger, Duration.ofMillis(100)),
                Clock.systemUTC(),
                Duration.ofMillis(1),
                Duration.ofSeconds(1),
                FaultLog.of((message, cause) -> {}, message -> {}));
    }

    @AfterEach
    void close() {
        agent.close();
        relay.close();
    }

    private BoundaryReader reader(BoundaryLimits limits) throws Exception {
        BoundaryReader reader = BoundaryReader.create(
                KafkaStreamReader.create(connection, "bank", null, LIMIT), ledger, topics, limits, Clock.systemUTC());
        reader.start(state);
        return reader;
    }

    private final int[] balances = {TOTAL, 0, 0, 0, 0};

    /** Moves money from an account in one of three partitions to one of two in another topic. */
    private void move(int i) {
        int from = i % 3;
        int to = 3 + i % 2;
        balances[from] -= i;
        balances[to] += i;
        relay.put("accounts", from, "a" + from, "" + balances[from])
                .put("savings", i % 2, "s" + i % 2, "" + balances[to]);
    }

    private void apply(Map<String, Integer> to, BoundaryBatch batch) {
        for (StreamRecord r : batch.records()) {
            byte[] value = r.value();
            if (value != null) {
                to.put(
                        new String(r.key(), StandardCharsets.UTF_8),
                        Integer.valueOf(new String(value, StandardCharsets.UTF_8)));
            }
        }
    }

    /** Reads until a boundary is reached; at each the sum must be right. */
    private void readTo(BoundaryReader reader, Boundary boundary) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Map<String, Integer> open = new TreeMap<>(copy);
        while (System.nanoTime() < deadline) {
            BoundaryBatch batch = reader.poll(Duration.ofMillis(100)).orElse(null);
            if (batch == null) {
                continue;
            }
            apply(open, batch);
            if (batch.last()) {
                copy.clear();
                copy.putAll(open);
                state = batch.state().orElseThrow();
                assertEquals(TOTAL, copy.values().stream().mapToInt(v -> v).sum(), "at " + batch);
                if (batch.boundary().orElseThrow().position().compareTo(boundary.position()) >= 0) {
                    return;
                }
            }
        }
        throw new AssertionError("Not at " + boundary.position() + " within " + LIMIT + "; held: " + reader.held());
    }

    @Test
    void copyIsWhole_atEachBoundary_alsoThroughARestart_andInPieces() throws Exception {
        relay.begin().put("accounts", 0, "a0", "" + TOTAL);
        Boundary first = relay.commit();
        try (BoundaryReader reader = reader(BoundaryLimits.DEFAULTS)) {
            readTo(reader, first);
            Boundary boundary = first;
            for (int i = 1; i <= 50; i++) {
                relay.begin();
                move(i);
                boundary = relay.commit();
            }
            readTo(reader, boundary);
        }
        // one source transaction in several of Kafka's, larger than the limit
        relay.begin().put("accounts", 0, "a0", "1");
        for (int i = 0; i < 20; i++) {
            relay.put("accounts", 0, "a0", "" + i);
        }
        relay.commitPart();
        BoundaryLimits small = new BoundaryLimits(5, 1 << 20, Duration.ofSeconds(1), LIMIT);
        try (BoundaryReader reader = reader(small)) {
            BoundaryBatch piece = null;
            while (piece == null || piece.last()) {
                piece = reader.poll(Duration.ofMillis(100)).orElse(null);
            }
            assertTrue(piece.records().size() >= 5, piece.toString());
        }
        relay.continued();
        move(60);
        Boundary last = relay.commit();
        try (BoundaryReader reader = reader(small)) {
            readTo(reader, last);
            assertEquals(balances[0], copy.get("a0"));
            assertEquals(balances[3], copy.get("s0"));
        }
    }
}
