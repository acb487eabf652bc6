package dev.freshet.relay.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.internal.RelayAgent;
import dev.freshet.relay.internal.Sampler;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The relay in one thread under a seed: killed at any step, over a source whose commits become visible late. After every
 * ledger entry the invariants hold: positions only rise in a partition (I1), and below a boundary's offsets a running
 * stream's topic is exactly the table at that position (I2).
 */
class RelayModelTest {
    private static final String TOPIC = "shop.customers";
    private static final int STEPS = 2_500;
    private static final long SEEDS = Long.getLong("freshet.model.seeds", 30);

    private final RelaySettings settings = RelaySettings.builder(
                    "shop",
                    List.of(StreamSettings.of(
                                    new TableCapture(SimSource.STREAM, "public.customer", List.of(), List.of()), TOPIC)
                            .withPartitions(2)),
                    Map.of())
            .batch(4, 1 << 20)
            .build();

    /** One run; returns how many boundaries of a running stream were checked and how often the relay was killed. */
    private int[] run(long seed, SimSource.Rules rules) throws InterruptedException {
        Random random = new Random(seed);
        Chaos chaos = new Chaos(random, 60);
        SimDatabase db = new SimDatabase();
        SimKafka kafka = new SimKafka(chaos);
        Instant[] now = {Instant.EPOCH};
        InstantSource clock = () -> now[0];
        Ports ports = new Ports() {
            @Override
            public Source openSource() {
                return new SimSource(db, clock, random, rules);
            }

            @Override
            public TopicStore openStore() {
                return kafka.openStore();
            }

            @Override
            public TopicWriter openWriter() {
                return kafka.openWriter();
            }
        };
        Sampler sampler = new Sampler(settings, ports, clock);
        RelayAgent relay = new RelayAgent(settings, ports, sampler, clock);
        int checked = 0;
        int seen = 0;
        for (int i = 0; i < STEPS; i++) {
            now[0] = now[0].plusMillis(10);
            if (random.nextInt(3) == 0) {
                db.commitSomething(random, random.nextInt(4) == 0);
            }
            if (random.nextInt(6) == 0) {
                db.invisible.clear();
            }
            try {
                sampler.doWork();
                relay.doWork();
            } catch (Chaos.Killed killed) {
                db.slotActive = false;
                sampler = new Sampler(settings, ports, clock);
                relay = new RelayAgent(settings, ports, sampler, clock);
            }
            if (kafka.ledger.get(0).size() != seen) {
                seen = kafka.ledger.get(0).size();
                checked += check(db, kafka) ? 1 : 0;
            }
        }
        return new int[] {checked, chaos.kills()};
    }

    private boolean check(SimDatabase db, SimKafka kafka) {
        Cursor cursor = null;
        List<SimKafka.Rec> ledger = kafka.ledger.get(0);
        for (int i = ledger.size() - 1; i >= 0 && cursor == null; i--) {
            SimKafka.Rec r = ledger.get(i);
            if (r.committed() && LedgerKey.CURSOR.equals(r.key())) {
                cursor = LedgerCodec.decodeCursor(Objects.requireNonNull(r.value()));
            }
        }
        List<List<SimKafka.Rec>> partitions = kafka.topics.get(TOPIC);
        if (cursor == null || cursor.boundary() == null || partitions == null) {
            return false;
        }
        for (List<SimKafka.Rec> partition : partitions) {
            Position last = Position.ZERO;
            for (SimKafka.Rec r : partition) {
                if (r.committed()) {
                    assertTrue(r.position().isAfter(last), "I1: " + r.position() + " behind " + last);
                    last = r.position();
                }
            }
        }
        OffsetVector vector = cursor.boundary().offsets().get(TOPIC);
        var entry = cursor.streams().get(SimSource.STREAM);
        if (vector == null || entry == null || entry.status() != StreamStatus.RUNNING) {
            return false;
        }
        Map<String, String> copy = new TreeMap<>();
        for (int p = 0; p < partitions.size(); p++) {
            for (SimKafka.Rec r : partitions.get(p).subList(0, (int) vector.offset(p))) {
                if (r.committed() && r.value() == null) {
                    copy.remove(r.key());
                } else if (r.committed()) {
                    copy.put(r.key(), new String(r.value(), StandardCharsets.UTF_8));
                }
            }
        }
        Map<String, String> truth = new TreeMap<>();
        db.at(cursor.boundary().position().lsn())
                .forEach((k, v) -> truth.put(
                        new String(SimDatabase.key(k), StandardCharsets.UTF_8),
                        new String(SimDatabase.row(k, v), StandardCharsets.UTF_8)));
        assertEquals(truth, copy, () -> "I2 at a boundary");
        return true;
    }

    @Test
    void killedAnywhere_theTopicIsTheTableAtEveryBoundary() throws InterruptedException {
        int checked = 0;
        int kills = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                int[] counts = run(seed, new SimSource.Rules(true));
                checked += counts[0];
                kills += counts[1];
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertTrue(checked > SEEDS * 30, "boundaries of a running stream: " + checked);
        assertTrue(kills > SEEDS * 3, "kills: " + kills);
    }

    @Test
    void withoutTheWaitForVisibility_aRowIsLost() {
        AssertionError e = assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= SEEDS; seed++) {
                run(seed, new SimSource.Rules(false));
            }
        });
        assertTrue(String.valueOf(e.getMessage()).contains("I2"), () -> "the invariant that breaks: " + e);
    }
}
