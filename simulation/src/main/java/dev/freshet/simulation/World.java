package dev.freshet.simulation;

import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.Mending;
import dev.freshet.replica.Consistency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A source with two tables, a cluster, two relays, and two instances of a replica, that do what a schedule says.
 *
 * <p>A process that stands still does so on the stack: the steps that follow happen inside the call at which it stopped.
 */
final class World implements Played {
    static final List<String> STREAMS = List.of("orders", "stock");
    static final Duration STEP = Duration.ofMillis(10);

    /** Where nothing goes wrong, time passes faster: what happens at intervals costs less. */
    private static final Duration CALM_STEP = STEP.multipliedBy(4);

    static final int PARTITIONS = 2;
    private static final int CALLS = 40;
    private static final int PAUSE = 24;
    private static final int ROUNDS = 2_000;
    /** An operator repairs what has been broken for so many rounds: the relays are stopped for it. */
    private static final int PATIENCE = 80;

    final SimDatabase db;
    final SimKafka kafka;
    final SimStore store;
    final Oracle oracle;
    final Random random = new Random(0);

    private final SimGroup group;
    private final Nodes nodes;
    private final Operator operator;
    final Restores restores;
    private final Nodes.Node[] relays = new Nodes.Node[2];
    private final Nodes.Node[] copies = new Nodes.Node[2];
    /** Null where no events are published. */
    private final @Nullable Events events;

    private final Player player = new Player(this::step);
    private Instant now = Instant.EPOCH;
    private int steps;

    World(Consistency consistency, Rules rules) {
        this(consistency, Publishing.NONE, rules);
    }

    World(Consistency consistency, Publishing publishing, Rules rules) {
        this.db = new SimDatabase(STREAMS, () -> now);
        this.kafka = new SimKafka(Nodes.RELAY, () -> now, rules);
        this.store = new SimStore(() -> now, rules);
        this.events = publishing == Publishing.NONE ? null : new Events(db, kafka, publishing);
        this.oracle = new Oracle(db, kafka, store, consistency, events == null ? null : events.oracle);
        this.group = new SimGroup(kafka, random);
        this.nodes = new Nodes(
                consistency, db, kafka, store, group, () -> now, random, rules, events == null ? null : events.config);
        this.operator = new Operator(db, kafka);
        this.restores = new Restores(db);
        for (int i = 0; i < 2; i++) {
            relays[i] = nodes.relay();
            copies[i] = nodes.copy();
        }
    }

    static String topic(String stream) {
        return "shop." + stream;
    }

    @Override
    public Checked checked() {
        return new Checked(steps, oracle.claims(), oracle.boundaries(), oracle.moves(), oracle.events());
    }

    @Override
    public void play(Schedule what) {
        player.play(what);
    }

    void step(Decision d) {
        steps++;
        seed(d.salt());
        now = now.plus(STEP);
        switch (d.kind()) {
            case WRITE, ELSEWHERE, TRUNCATE, DDL -> write(d.kind());
            case SHOW -> db.invisible.clear();
            case RELAY, RELAY_KILLED, RELAY_PAUSED, RELAY_CUT -> work(relays, d.kind(), i -> nodes.relay());
            case COPY, COPY_KILLED, COPY_PAUSED, COPY_CUT -> work(copies, d.kind(), i -> nodes.copy());
            case SLOT_FREED -> db.reader = 0;
            case REBALANCE -> group.rebalance();
            case EVICT -> group.evictOne();
            case COMPACT -> {
                int which = random.nextInt(STREAMS.size() + 1);
                kafka.compact(which == STREAMS.size() ? "" : topic(STREAMS.get(which)), random.nextInt(PARTITIONS));
            }
            case WAIT -> pass(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(9_000) : random.nextInt(800)));
            case TOPIC_AGAIN -> {
                String topic = topic(anyStream());
                if (kafka.topics.containsKey(topic)) {
                    kafka.makeAgain(topic);
                }
            }
            case REPAIR -> repair();
            case READ_ANEW -> operator.readAnew(anyStream());
            case PACE -> operator.pace(random.nextInt(3) == 0, 30L * random.nextInt(3));
            case RESTORE -> restores.something(random);
            case CALM -> calm();
            case PUBLISH, CONFIGURE, REDRIVE, DISCARD -> ofEvents(d.kind());
            case RESTART, CLOCK, AWAY -> throw new IllegalStateException(d + " is of a polled database");
        }
        oracle.check();
    }

    private void ofEvents(Decision.Kind kind) {
        Events of = events();
        switch (kind) {
            case PUBLISH -> write(kind);
            case CONFIGURE -> configure();
            case REDRIVE -> {
                int steps = 1 + random.nextInt(PAUSE);
                of.letters.redriveSomething(random, () -> player.standStill(steps));
            }
            default -> of.letters.discardSomething(random);
        }
    }

    /** Returns what concerns the events that are published. */
    Events events() {
        return Objects.requireNonNull(events, "there are no events in this schedule");
    }

    /** Has the relays take more events; they are begun anew. */
    void configure() {
        if (events().config.further()) {
            killRelays();
        }
    }

    private void killRelays() {
        for (Nodes.Node node : relays) {
            node.process().kill();
        }
    }

    private void write(Decision.Kind kind) {
        Cursor cursor = kafka.cursor();
        if (cursor != null && cursor.loss() != null) {
            // it is known, whatever the log looks like
            db.sealed = false;
        }
        if (db.sealed) {
            return;
        }
        switch (kind) {
            case TRUNCATE -> {
                if (random.nextBoolean()) {
                    db.truncate(anyStream());
                } else {
                    db.truncateAmidst(anyStream(), random, random.nextInt(3) == 0);
                }
            }
            case DDL -> db.rewrite(anyStream(), random);
            case WRITE -> db.commitSomething(random, random.nextInt(4) == 0);
            case PUBLISH -> db.outbox.publishSomething(random);
            default -> db.commitElsewhere();
        }
    }

    void seed(long salt) {
        Decision.seed(random, salt);
    }

    /** Lets every agent of a relay work once. */
    void relay(int i) {
        if (relays[i].process().isDead()) {
            relays[i] = nodes.relay();
        }
        now = now.plus(STEP);
        relays[i].agents().forEach(agent -> relays[i].process().work(agent));
        oracle.check();
    }

    /** Lets the keeper of the outbox work once, of a relay that is there. */
    void keeper(int i) {
        relays[i].process().work(relays[i].agents().get(Nodes.KEEPER));
        oracle.check();
    }

    /** Lets an agent of an instance work once. */
    void copy(int i, CopyAgent agent) {
        if (copies[i].process().isDead()) {
            copies[i] = nodes.copy();
        }
        now = now.plus(STEP);
        copies[i].process().work(copies[i].agents().get(agent.index()));
        oracle.check();
    }

    /** Has something happen at one of the next calls of a relay. */
    void interruptRelay(int i, int calls, SimProcess.Interruption what) {
        relays[i].process().interrupt(calls, what);
    }

    /** Has something happen at one of the next calls of an instance. */
    void interruptCopy(int i, int calls, SimProcess.Interruption what) {
        copies[i].process().interrupt(calls, what);
    }

    /** Takes it back if it has not happened. */
    void undisturbed(int i) {
        copies[i].process().undisturbed();
    }

    void killCopy(int i) {
        copies[i].process().kill();
    }

    /** The group does not hear of an instance any more, which does not know. */
    void evict(int i) {
        group.evict(copies[i].process());
    }

    /** Lets time pass in which nobody works. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    private String anyStream() {
        return STREAMS.get(random.nextInt(STREAMS.size()));
    }

    private void work(Nodes.Node[] nodes, Decision.Kind kind, IntFunction<Nodes.Node> again) {
        int i = random.nextInt(nodes.length);
        Nodes.Node node = nodes[i];
        int agent = random.nextInt(node.agents().size());
        if (node.process().isDead()) {
            node = again.apply(i);
            nodes[i] = node;
        }
        Agent chosen = node.agents().get(agent);
        SimProcess process = node.process();
        switch (kind) {
            case RELAY_KILLED, COPY_KILLED ->
                process.interrupt(1 + random.nextInt(CALLS), () -> {
                    process.kill();
                    return Calls.Trouble.NONE;
                });
            case RELAY_PAUSED, COPY_PAUSED -> {
                int steps = 1 + random.nextInt(PAUSE);
                process.interrupt(1 + random.nextInt(CALLS), () -> player.standStill(steps));
            }
            case RELAY_CUT, COPY_CUT -> {
                Calls.Trouble trouble = random.nextBoolean() ? Calls.Trouble.BEFORE : Calls.Trouble.AFTER;
                process.interrupt(1 + random.nextInt(CALLS), () -> trouble);
            }
            default -> {
                // undisturbed
            }
        }
        process.work(chosen);
    }

    /** Has an operator repair what is broken, with the relays stopped. */
    void repair() {
        operator.broken(Mending.ROWS).forEach(operator::readAnew);
        for (String stream : operator.broken(Mending.TOPIC)) {
            killRelays();
            operator.removeStream(stream);
        }
    }

    @Override
    public void settle() {
        String unfinished = calm();
        if (events != null && unfinished == null) {
            unfinished = events.sendAll(this);
        }
        if (unfinished != null) {
            throw new Violation("Liveness: " + ROUNDS + " rounds after the last fault " + unfinished);
        }
    }

    /** Returns why not everything is complete in the end, or null if it is. */
    @Nullable
    String calm() {
        relays[1].process().kill();
        group.evictDead();
        String unfinished = null;
        for (int round = 0; round < ROUNDS; round++) {
            seed(round);
            now = now.plus(CALM_STEP);
            if (round % 8 == 0) {
                db.invisible.clear();
                db.outbox.commitAll();
                group.evictDead();
            }
            if (round % PATIENCE == 0) {
                repair();
                operator.pace(false, 0);
            }
            if (relays[0].process().isDead()) {
                relays[0] = nodes.relay();
            }
            workAll(relays[0]);
            for (int i = 0; i < copies.length; i++) {
                if (copies[i].process().isDead()) {
                    copies[i] = nodes.copy();
                }
                workAll(copies[i]);
            }
            oracle.check();
            unfinished = oracle.unfinished();
            if (events != null && unfinished == null) {
                unfinished = events.unfinished();
            }
            if (unfinished == null) {
                return null;
            }
        }
        return unfinished;
    }

    private void workAll(Nodes.Node node) {
        node.process().undisturbed();
        for (Agent agent : node.agents()) {
            node.process().work(agent);
        }
    }
}
