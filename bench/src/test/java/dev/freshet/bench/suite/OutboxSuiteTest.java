package dev.freshet.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.bench.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That each case gives all its figures; how high they are is not asked. */
class OutboxSuiteTest {
    private static final long ROWS = 600;
    private static final int RATE = 50;
    private static final String ROUTER = "Debezium Engine 3.6.1, outbox event router";
    private static final String CALLS = "transaction-outbox 4.2.268, 16 threads";
    private static final String POLLING = "Freshet, polling";
    private static final String MESSAGES = "Freshet, messages in the log";
    private static final String LOG = "raw read of the log alone, no Kafka";

    private static Servers servers;

    @BeforeAll
    static void startServers() {
        servers = Servers.start(false);
    }

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    private static List<Measurement> run(String name) throws Exception {
        List<Measurement> measured = new ArrayList<>();
        for (Case next : OutboxSuite.cases(ROWS, RATE)) {
            if (next.name().equals(name)) {
                next.run(servers, measured::add);
            }
        }
        return measured;
    }

    private static List<String> names(List<Measurement> measured) {
        return measured.stream().map(Measurement::name).toList();
    }

    private static void assertWhole(Measurement measured, boolean limited, Set<String> peers) {
        assertTrue(measured.ours() != null && measured.ours() > 0, measured.toJson());
        assertEquals(limited, measured.limit() != null, measured.toJson());
        assertEquals(peers, measured.peers().keySet(), measured.toJson());
    }

    @Test
    void commit_tellsRatesAndWhatAnEventCosts() throws Exception {
        List<Measurement> measured = run("commit");
        assertEquals(
                List.of(
                        "outbox: commit with an outbox row",
                        "outbox: commit, what an outbox row takes of the rate",
                        "outbox: commit with an outbox row by publishAndCommit",
                        "outbox: commit, what an outbox row by publishAndCommit takes of the rate",
                        "outbox: commit with a message in the log",
                        "outbox: commit, what a message in the log takes of the rate",
                        "outbox: commit with a message by publishAndCommit",
                        "outbox: commit, what a message by publishAndCommit takes of the rate"),
                names(measured));
        for (int rate = 0; rate < measured.size(); rate += 2) {
            assertWhole(measured.get(rate), true, Set.of("a row for Debezium's event router"));
            assertNotNull(measured.get(rate + 1).ours());
        }
    }

    @Test
    void drainOfManyEventsATransaction_hasLimitAndPeers() throws Exception {
        assertDrain("drain, many a transaction");
    }

    private static void assertDrain(String name) throws Exception {
        List<Measurement> measured = run(name);
        assertEquals(
                List.of(
                        "outbox: " + name + ", cold",
                        "outbox: " + name + ", cold, JVM start included",
                        "outbox: " + name + ", warm",
                        "outbox: " + name + ", peak memory of the JVM"),
                names(measured));
        for (Measurement rate : measured.subList(0, 3)) {
            assertWhole(rate, true, Set.of(MESSAGES, POLLING, ROUTER, CALLS, LOG));
        }
        assertWhole(measured.get(3), false, Set.of(MESSAGES, POLLING, ROUTER, CALLS, LOG));
    }
}
