package dev.freshet.faults;

import dev.freshet.faults.Fault.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which faults happen when, drawn from a seed: the same seed gives the same plan.
 *
 * <p>Faults come in rounds. In each round every process is killed once and frozen once, and as many links as there are processes are
 * hit, in an order of the seed's; they overlap.
 */
final class FaultPlan {
    private static final int SHORTEST_GAP_MILLIS = 400;
    private static final int GAP_SPREAD_MILLIS = 2_400;
    /** By then everybody has worked with Kafka. */
    private static final long AWAY_AT_MILLIS = 10_000;

    private final List<String> processes;
    private final List<String> links;
    private final Random random;
    private final List<Fault> round = new ArrayList<>();
    private long awayMillis;
    private long awayUntil;
    private long at;

    /**
     * Begins a plan.
     *
     * @param seed decides everything
     * @param processes the names of what can be killed and frozen
     * @param links the names of what can be stalled, cut and half opened
     * @param awayMillis for how long Kafka is away once, with no other fault of its own meanwhile; 0 for not at all
     */
    FaultPlan(long seed, List<String> processes, List<String> links, long awayMillis) {
        this.random = new Random(seed);
        this.processes = List.copyOf(processes);
        this.links = List.copyOf(links);
        this.awayMillis = awayMillis;
    }

    /** Returns the next fault. It begins after the one before, and often before that has ended. */
    Fault next() {
        if (awayMillis > 0 && at >= AWAY_AT_MILLIS) {
            Fault away = new Fault(at, Kind.KILL, FaultWorld.KAFKA, awayMillis);
            awayUntil = at + awayMillis;
            awayMillis = 0;
            return away;
        }
        Fault next;
        do {
            next = draw();
        } while (next.victim().equals(FaultWorld.KAFKA) && next.atMillis() < awayUntil);
        return next;
    }

    private Fault draw() {
        if (round.isEmpty()) {
            drawRound();
        }
        Fault drawn = round.remove(round.size() - 1);
        at += SHORTEST_GAP_MILLIS + random.nextInt(GAP_SPREAD_MILLIS);
        return new Fault(at, drawn.kind(), drawn.victim(), drawn.millis());
    }

    private void drawRound() {
        for (String process : processes) {
            round.add(new Fault(0, Kind.KILL, process, random.nextInt(1_500)));
            round.add(new Fault(0, Kind.FREEZE, process, freezeMillis(process)));
        }
        List<String> hit = new ArrayList<>(links);
        Collections.shuffle(hit, random);
        Kind[] kinds = {Kind.STALL, Kind.CUT, Kind.HALF_OPEN};
        for (int i = 0; i < Math.min(hit.size(), Math.max(kinds.length, processes.size())); i++) {
            Kind kind = kinds[i % kinds.length];
            round.add(new Fault(
                    0,
                    kind,
                    hit.get(i),
                    kind == Kind.CUT ? 500 + random.nextInt(3_000) : 3_000 + random.nextInt(6_000)));
        }
        Collections.shuffle(round, random);
    }

    /** Longer than the time-outs after which others take over (see {@link FaultSettings}); servers have shorter ones. */
    private long freezeMillis(String process) {
        long least =
                process.startsWith("relay") || process.startsWith("replica") ? FaultSettings.TAKEN_OVER_MILLIS : 3_000;
        return least + random.nextInt(3_000);
    }
}
