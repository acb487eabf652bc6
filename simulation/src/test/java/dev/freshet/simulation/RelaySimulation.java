package dev.freshet.simulation;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.VanishedKeys;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.internal.LedgerState;
import dev.freshet.relay.internal.OutboxKeeper;
import dev.freshet.relay.internal.Ports;
import dev.freshet.relay.internal.RelayAgent;
import dev.freshet.relay.internal.Sampler;
import dev.freshet.relay.internal.TopicWatch;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A relay over a simulated source and cluster, in one thread under a seed; killed now and then, and begun again. */
final class RelaySimulation {
    static final String STREAM = "customers";
    static final String TOPIC = "shop.customers";
    static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    /** Longer than two looks are apart. */
    static final Duration DOUBT_LIMIT = Duration.ofMillis(500);

    static final Duration STEP = Duration.ofMillis(10);

    final RelaySettings settings;
    final SimDatabase db;
    final SimKafka kafka;
    final Chaos chaos;
    /** What passing faults the relay met. */
    final List<String> faults = new ArrayList<>();

    /** While set, what commits late does not become visible. */
    boolean hides;

    private final Random random;
    private final Rules rules;
    private Instant now = Instant.EPOCH;
    private final Ports ports;
    private Node node;
    private Node spare;

    /**
     * Creates a simulation.
     *
     * @param killOneIn one in how many steps of the cluster kills the relay; 0 for none
     */
    RelaySimulation(long seed, Rules rules, int killOneIn) {
        this(seed, rules, killOneIn, LOOK_INTERVAL);
    }

    /**
     * Creates a simulation whose topics are looked at so often.
     *
     * @param killOneIn one in how many steps of the cluster kills the relay; 0 for none
     */
    RelaySimulation(long seed, Rules rules, int killOneIn, Duration lookInterval) {
        this(seed, rules, killOneIn, settings().topicCheckInterval(lookInterval).build());
    }

    RelaySimulation(long seed, Rules rules, int killOneIn, RelaySettings settings) {
        this.settings = settings;
        this.db = new SimDatabase(List.of(STREAM), () -> now);
        this.random = new Random(seed);
        this.rules = rules;
        this.chaos = new Chaos(random, killOneIn);
        this.kafka = new SimKafka(settings, () -> now);
        this.ports = new SimPorts(kafka, chaos, () -> new SimSource(db, () -> now, random, rules, Calls.UNDISTURBED));
        this.node = new Node();
        this.spare = new Node();
    }

    /** Returns settings under which a batch is small, and a commit lingers for more than a step. */
    static RelaySettings.Builder settings() {
        return RelaySettings.builder(
                        "shop",
                        List.of(StreamSettings.of(
                                        new TableCapture(
                                                RelaySimulation.STREAM, "public.customer", List.of(), List.of()),
                                        TOPIC)
                                .withPartitions(2)),
                        Map.of())
                .batch(4, 1 << 20)
                .batchLinger(STEP.multipliedBy(2))
                .snapshotLookupKeys(8)
                .topicCheckInterval(LOOK_INTERVAL)
                .topicDoubtLimit(DOUBT_LIMIT);
    }

    /** One process: a relay with its helpers. */
    private final class Node {
        private final Sampler sampler = new Sampler(settings, ports, () -> now);
        private final TopicWatch watch = new TopicWatch(settings, ports, () -> now);
        private final RelayAgent relay = new RelayAgent(
                settings, ports, sampler, watch, new OutboxKeeper(settings, ports, () -> now), List.of(), () -> now);
    }

    /**
     * Lets some time pass, in which every agent works once.
     *
     * @param busySource whether the table is written; else only others of the database are
     */
    void step(boolean busySource) throws InterruptedException {
        now = now.plus(STEP);
        if (busySource && random.nextInt(3) == 0) {
            db.commitSomething(random, random.nextInt(4) == 0);
        } else if (!busySource && random.nextInt(3) == 0) {
            db.commitElsewhere();
        }
        if (random.nextInt(6) == 0 && !hides) {
            db.invisible.clear();
        }
        try {
            node.sampler.doWork();
            node.watch.doWork();
            work();
        } catch (Calls.Killed killed) {
            kill();
        }
    }

    /** Kills the relay and begins another one. */
    void kill() {
        db.reader = 0;
        node = new Node();
    }

    /** Freezes the relay, whose connection to the source ends, and lets the other one work. */
    void swap() {
        db.reader = 0;
        Node frozen = node;
        node = spare;
        spare = frozen;
    }

    /** Does what {@code freshet remove stream} does. */
    void removeStream() {
        TopicStore store = kafka.openStore(chaos);
        TopicWriter writer = kafka.openWriter(chaos);
        writer.fence();
        Cursor cursor = Objects.requireNonNull(store.readLedger().cursor());
        LedgerState ledger = new LedgerState("operator", cursor.source(), cursor);
        ledger.forget(RelaySimulation.STREAM, store.readLedger().keys(""));
        store.delete(List.of(TOPIC));
        writer.begin();
        ledger.writeTo(writer, now);
        writer.commit();
    }

    /**
     * Has the stream's rows read anew, as a command does that fences the relay and writes the ledger.
     *
     * @param end up to where the topic's keys may have vanished; null to leave it to whoever leads next
     */
    void resnapshot(@Nullable OffsetVector end) {
        TopicStore store = kafka.openStore(chaos);
        TopicWriter writer = kafka.openWriter(chaos);
        writer.fence();
        Cursor cursor = Objects.requireNonNull(store.readLedger().cursor());
        StreamEntry entry = cursor.streams().get(STREAM);
        if (entry == null) {
            return;
        }
        LedgerState ledger = new LedgerState("operator", cursor.source(), cursor);
        StreamEntry anew = entry.readAnew(ledger.boundary().position(), "an operator said so");
        ledger.put(
                end == null
                        ? anew
                        : anew.snapshotting(
                                anew.since(),
                                Objects.requireNonNull(anew.snapshot()).withKeys(new VanishedKeys(end, null))));
        writer.begin();
        ledger.writeTo(writer, now);
        writer.commit();
    }

    /** Makes the ledger one of another version of the relay, which wrote another catalog entry of the table. */
    void rewriteCatalog() {
        edit(ledger -> ledger.catalog(STREAM, "of another version"));
    }

    /** Changes the ledger, as an operator's command does that fences the relay. */
    void edit(Consumer<LedgerState> change) {
        TopicStore store = kafka.openStore(Calls.UNDISTURBED);
        TopicWriter writer = kafka.openWriter(Calls.UNDISTURBED);
        writer.fence();
        Cursor cursor = Objects.requireNonNull(store.readLedger().cursor());
        LedgerState ledger = new LedgerState("operator", cursor.source(), cursor);
        change.accept(ledger);
        writer.begin();
        ledger.writeTo(writer, now);
        writer.commit();
    }

    /** Puts another cursor into the ledger. */
    void editCursor(UnaryOperator<Cursor> change) {
        TopicStore store = kafka.openStore(Calls.UNDISTURBED);
        TopicWriter writer = kafka.openWriter(Calls.UNDISTURBED);
        writer.fence();
        Cursor cursor = Objects.requireNonNull(store.readLedger().cursor());
        writer.begin();
        writer.writeLedger(LedgerKey.CURSOR, LedgerCodec.encode(change.apply(cursor)));
        writer.commit();
    }

    /** Compacts the topic. */
    void compact() {
        for (int p = 0;
                kafka.topics.containsKey(TOPIC) && p < kafka.topics.get(TOPIC).size();
                p++) {
            kafka.compact(TOPIC, p);
        }
    }

    /** Returns whether the ledger has the stream's catalog entry as it is now, and what its change meant. */
    boolean isCatalogKnown() {
        List<SimLog.Rec> ledger = kafka.ledger.get(0).records();
        for (int i = ledger.size() - 1; i >= 0; i--) {
            SimLog.Rec r = ledger.get(i);
            if (r.committed() && LedgerKey.catalog(STREAM).equals(r.key())) {
                byte[] value = r.value();
                return value != null && db.catalog(STREAM).equals(new String(value, StandardCharsets.UTF_8));
            }
        }
        return false;
    }

    /** Lets time pass in which nobody works. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Lets the sampler look at the source and the relay hear of it, with nothing in between. */
    void sample() throws InterruptedException {
        pass(settings.sampleInterval());
        node.sampler.doWork();
        node.relay.doWork();
    }

    /** Lets the relay work once; a passing fault is tried again at the next step, as a runner does. */
    private void work() throws InterruptedException {
        try {
            node.relay.doWork();
        } catch (RetriableException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
    }

    RelayStatus status() {
        return node.relay.status();
    }

    /** Returns the newest cursor that a reader of the ledger sees, or null. */
    @Nullable
    Cursor cursor() {
        return kafka.cursor();
    }
}
