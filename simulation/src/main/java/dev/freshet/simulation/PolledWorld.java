package dev.freshet.simulation;

import dev.freshet.model.agent.Agent;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database with an outbox table that is polled, a cluster, and two relays, that do what a schedule says. A process that stands
 * still does so as in a {@link World}.
 */
final class PolledWorld implements Played {
    private static final Duration CALM_STEP = World.STEP.multipliedBy(4);
    /** A step of a poller has a few calls, and a take-over many. */
    private static final int FEW_CALLS = 6;

    private static final int CALLS = 40;
    private static final int PAUSE = 24;
    private static final int ROUNDS = 2_000;
    private static final int LONGEST_AWAY_MILLIS = 800;

    final PolledServer server;
    final PolledPublisher publisher;
    final SimKafka kafka;
    final Random random = new Random(0);
    final EventConfig config;
    final LetterOperator letters;

    private final PolledTruths truths;
    private final EventOracle oracle;
    private final PolledNodes nodes;
    private final Nodes.Node[] relays = new Nodes.Node[2];

    private final Player player = new Player(this::step);
    /** A day after the beginning of all time, which is told where no time is known. */
    private Instant now = Instant.EPOCH.plus(Duration.ofDays(1));

    private Instant awayUntil = Instant.EPOCH;
    private int steps;

    PolledWorld(Publishing publishing, Rules rules) {
        this.server = new PolledServer(() -> now, rules, publishing == Publishing.POLLED_INNODB);
        this.publisher = new PolledPublisher(server);
        this.kafka = new SimKafka(Nodes.RELAY, () -> now, rules);
        this.config = new EventConfig(publishing);
        this.letters = new LetterOperator(kafka, config);
        this.truths = new PolledTruths(server, kafka);
        this.oracle = new EventOracle(truths, kafka);
        this.nodes = new PolledNodes(server, kafka, () -> now, random, config, () -> now.isBefore(awayUntil));
        for (int i = 0; i < relays.length; i++) {
            relays[i] = nodes.relay();
        }
    }

    @Override
    public Checked checked() {
        return new Checked(steps, 0, truths.boundaries(), 0, oracle.events());
    }

    @Override
    public void play(Schedule what) {
        player.play(what);
    }

    private void step(Decision d) {
        steps++;
        Decision.seed(random, d.salt());
        now = now.plus(World.STEP);
        switch (d.kind()) {
            case PUBLISH -> publish();
            case SHOW -> server.showDecided();
            case RELAY, RELAY_KILLED, RELAY_PAUSED, RELAY_CUT -> work(d.kind());
            case SLOT_FREED -> server.freeLock();
            case COMPACT -> kafka.compact("", 0);
            case WAIT -> pass(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(12_000) : random.nextInt(800)));
            case RESTORE -> lose();
            case RESTART -> server.restart(random);
            case CLOCK -> server.setClock(random);
            case AWAY -> awayUntil = now.plusMillis(random.nextInt(LONGEST_AWAY_MILLIS));
            case CALM -> calm();
            case CONFIGURE -> configure();
            case REDRIVE -> {
                int count = 1 + random.nextInt(PAUSE);
                letters.redriveSomething(random, () -> player.standStill(count));
            }
            case DISCARD -> letters.discardSomething(random);
            default -> throw new IllegalStateException(d + " is not of a polled database");
        }
        check();
    }

    private void publish() {
        publisher.something(random);
        if (random.nextInt(4) == 0) {
            server.backUp();
        }
    }

    private void lose() {
        if (random.nextInt(4) == 0) {
            server.loseSlot();
        } else {
            server.restore(random);
        }
    }

    private void check() {
        oracle.check();
        truths.check();
    }

    /** Has the relays take more events; they are begun anew. */
    void configure() {
        if (config.further()) {
            for (Nodes.Node node : relays) {
                node.process().kill();
            }
        }
    }

    /** Lets time pass in which nobody works. */
    void pass(Duration time) {
        now = now.plus(time);
    }

    private void work(Decision.Kind kind) {
        int i = random.nextInt(relays.length);
        // a poller's steps are small, and what matters most happens between its calls
        int agent = random.nextBoolean()
                ? PolledNodes.POLLER
                : random.nextInt(relays[i].agents().size());
        Nodes.Node node = alive(i);
        SimProcess process = node.process();
        int call = 1 + random.nextInt(random.nextBoolean() ? FEW_CALLS : CALLS);
        switch (kind) {
            case RELAY_KILLED ->
                process.interrupt(call, () -> {
                    process.kill();
                    return Calls.Trouble.NONE;
                });
            case RELAY_PAUSED -> {
                int count = 1 + random.nextInt(PAUSE);
                process.interrupt(call, () -> player.standStill(count));
            }
            case RELAY_CUT -> {
                Calls.Trouble trouble = random.nextBoolean() ? Calls.Trouble.BEFORE : Calls.Trouble.AFTER;
                process.interrupt(call, () -> trouble);
            }
            default -> {
                // undisturbed
            }
        }
        process.work(node.agents().get(agent));
    }

    private Nodes.Node alive(int i) {
        if (relays[i].process().isDead()) {
            relays[i] = nodes.relay();
        }
        return relays[i];
    }

    /** Lets every agent of a relay work once. */
    void relay(int i) {
        Nodes.Node node = alive(i);
        now = now.plus(World.STEP);
        for (Agent agent : node.agents()) {
            node.process().work(agent);
        }
        check();
    }

    /** Lets every agent of a relay work so often. */
    void relay(int i, int times) {
        for (int n = 0; n < times; n++) {
            relay(i);
        }
    }

    /** Lets one agent of a relay work once. */
    void relayAgent(int i, int agent) {
        Nodes.Node node = alive(i);
        now = now.plus(World.STEP);
        node.process().work(node.agents().get(agent));
        check();
    }

    /** Has something happen at one of the next calls of a relay. */
    void interrupt(int i, int calls, SimProcess.Interruption what) {
        relays[i].process().interrupt(calls, what);
    }

    /** Has a relay end at one of its next calls. */
    void kill(int i, int calls) {
        interrupt(i, calls, () -> {
            throw new Calls.Killed();
        });
    }

    @Override
    public void settle() {
        String unfinished = calm();
        if (unfinished == null) {
            unfinished = sendAll();
        }
        for (int round = 0; unfinished == null && !server.data.table.isEmpty(); round++) {
            relay(0);
            unfinished = round < ROUNDS ? null : "the table still has " + server.data.table.values();
        }
        if (unfinished != null) {
            throw new Violation("Liveness: " + ROUNDS + " rounds after the last fault " + unfinished);
        }
    }

    private @Nullable String sendAll() {
        for (int level = 0; level < 3; level++) {
            configure();
        }
        Set<String> streams = Set.of(EventConfig.FIRST, EventConfig.SECOND);
        String unfinished = calm();
        if (unfinished == null) {
            streams.forEach(letters::redrive);
            unfinished = calm();
        }
        return unfinished == null ? oracle.waiting(streams) : unfinished;
    }

    /** Goes on without faults; returns why not everything is where it belongs in the end, or null if it is. */
    @Nullable
    String calm() {
        relays[1].process().kill();
        awayUntil = now;
        String unfinished = null;
        for (int round = 0; round < ROUNDS; round++) {
            Decision.seed(random, round);
            now = now.plus(CALM_STEP);
            if (round % 8 == 0) {
                server.commitAll();
                server.freeLostLock();
            }
            Nodes.Node node = alive(0);
            node.process().undisturbed();
            for (Agent agent : node.agents()) {
                node.process().work(agent);
            }
            check();
            unfinished = oracle.unfinished(config.streams());
            if (unfinished == null) {
                return null;
            }
        }
        return unfinished;
    }
}
