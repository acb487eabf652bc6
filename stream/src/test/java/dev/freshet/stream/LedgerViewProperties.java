package dev.freshet.stream;

import static dev.freshet.stream.Ledgers.CUSTOMERS;
import static dev.freshet.stream.Ledgers.ORDERS;
import static dev.freshet.stream.Ledgers.START;
import static dev.freshet.stream.Ledgers.at;
import static dev.freshet.stream.Ledgers.cursor;
import static dev.freshet.stream.Ledgers.stream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Random ledgers, with what is true of them kept beside: where each change stands, and when a stream was broken. */
class LedgerViewProperties {
    private static final Set<String> TOPICS = Set.of(ORDERS, CUSTOMERS);

    /** A relay's life: it knows the truth, the view only the records. */
    private static final class History {
        final Random random;
        final Map<String, long[]> ends = new HashMap<>();
        final Map<String, StreamEntry> streams = new HashMap<>();
        /** All boundaries at which an entry named the topic as running, and the truth of the claim. */
        final Map<String, List<Boundary>> claims = new HashMap<>();

        final List<LedgerView> views;
        long lsn = 10;

        @Nullable
        Boundary last;

        History(long seed, List<LedgerView> views) {
            random = new Random(seed);
            this.views = views;
            for (String topic : TOPICS) {
                int partitions = 1 + random.nextInt(3);
                ends.put(topic, new long[partitions]);
                streams.put(topic, stream(topic, partitions));
                claims.put(topic, new ArrayList<>());
            }
        }

        void step() {
            lsn += 1 + random.nextInt(5);
            for (long[] end : ends.values()) {
                end[random.nextInt(end.length)] += 1 + random.nextInt(4);
            }
            if (random.nextInt(5) == 0) {
                insideATransaction();
                return;
            }
            changeState();
            boundary();
        }

        /** A state changes only in the entry whose boundary first covers it. */
        void changeState() {
            String topic = random.nextBoolean() ? ORDERS : CUSTOMERS;
            StreamEntry entry = streams.get(topic);
            switch (random.nextInt(30)) {
                case 0 -> {
                    long since = Math.max(entry.since().lsn() + 1, lsn - random.nextInt(30));
                    if (entry.status() == StreamStatus.RUNNING) {
                        streams.put(topic, entry.broken(at(since), "lost"));
                        claims.get(topic).removeIf(b -> b.position().lsn() >= since);
                    }
                }
                case 1, 2 -> {
                    if (entry.status() == StreamStatus.BROKEN) {
                        streams.put(
                                topic,
                                entry.snapshotting(at(lsn), stream(topic, 1).snapshot()));
                        claims.get(topic).clear();
                    }
                }
                case 3, 4, 5, 6 -> {
                    if (entry.status() == StreamStatus.SNAPSHOTTING) {
                        streams.put(topic, entry.running(at(lsn)));
                        claims.get(topic).clear();
                    }
                }
                default -> {
                    // only changes
                }
            }
        }

        void insideATransaction() {
            if (last != null) {
                apply(cursor(last, false, streams.values().toArray(new StreamEntry[0])));
            }
        }

        void boundary() {
            Boundary boundary = Ledgers.boundary(lsn, vectors(ends));
            last = boundary;
            for (String topic : TOPICS) {
                if (streams.get(topic).status() == StreamStatus.RUNNING) {
                    claims.get(topic).add(boundary);
                }
            }
            apply(cursor(boundary, true, streams.values().toArray(new StreamEntry[0])));
            byte[] minute = LedgerCodec.encode(boundary);
            for (LedgerView view : views) {
                if (lsn % 7 == 0) {
                    view.apply(LedgerKey.history(START.plus(Duration.ofMinutes(lsn))), minute, view.nextOffset());
                }
            }
        }

        void apply(Cursor cursor) {
            byte[] value = LedgerCodec.encode(cursor);
            views.forEach(view -> view.apply(LedgerKey.CURSOR, value, view.nextOffset()));
        }

        boolean allRun() {
            return streams.values().stream().allMatch(s -> s.status() == StreamStatus.RUNNING);
        }

        /** The oracle: by the definition, from everything that was ever claimed and not withdrawn. */
        Optional<Position> newest(Map<String, OffsetVector> positions) {
            Position best = null;
            for (Boundary b : claims.get(ORDERS)) {
                boolean all = claims.get(CUSTOMERS).stream()
                        .anyMatch(c -> c.position().equals(b.position()));
                if (all && OffsetVectors.covers(positions, b.offsets())) {
                    best = b.position();
                }
            }
            return Optional.ofNullable(best);
        }

        Map<String, OffsetVector> somePositions() {
            double share = random.nextDouble();
            Map<String, OffsetVector> positions = new HashMap<>();
            ends.forEach((topic, end) -> {
                long[] at = end.clone();
                for (int p = 0; p < at.length; p++) {
                    at[p] = Math.min(end[p], (long) (end[p] * share) + random.nextInt(6));
                }
                positions.put(topic, OffsetVector.of(at));
            });
            return positions;
        }
    }

    private static Map<String, OffsetVector> vectors(Map<String, long[]> offsets) {
        Map<String, OffsetVector> vectors = new HashMap<>();
        offsets.forEach((topic, o) -> vectors.put(topic, OffsetVector.of(o)));
        return vectors;
    }

    private static LedgerView view(int limit) {
        return new LedgerView("ledger", TOPICS, limit, () -> START);
    }

    @Property(tries = 60)
    void unthinnedView_findsExactlyTheNewestClaim(@ForAll long seed) {
        LedgerView view = view(10_000);
        History history = new History(seed, List.of(view));
        for (int i = 0; i < 300; i++) {
            history.step();
            Map<String, OffsetVector> positions = history.somePositions();
            assertEquals(
                    history.newest(positions),
                    view.reached(positions, TOPICS).map(Boundary::position),
                    () -> "positions " + positions);
        }
    }

    @Property(tries = 60)
    void thinnedView_neverClaimsMore_andAlwaysKnowsTheNewest(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 40) int limit) {
        LedgerView thin = view(limit);
        History history = new History(seed, List.of(thin));
        for (int i = 0; i < 300; i++) {
            history.step();
            Map<String, OffsetVector> positions = history.somePositions();
            Optional<Position> truth = history.newest(positions);
            Optional<Boundary> told = thin.reached(positions, TOPICS);
            if (told.isPresent()) {
                Position claimed = told.get().position();
                assertTrue(truth.isPresent() && claimed.compareTo(truth.get()) <= 0, () -> claimed + " > " + truth);
                assertTrue(OffsetVectors.covers(positions, told.get().offsets()));
            }
            if (history.allRun()) {
                Map<String, OffsetVector> end = vectors(history.ends);
                assertEquals(
                        history.newest(end), thin.reached(end, TOPICS).map(Boundary::position), "at the log's end");
            }
        }
    }

    @Property(tries = 40)
    void reached_growsWithThePositions(@ForAll long seed, @ForAll @IntRange(min = 2, max = 1000) int limit) {
        LedgerView view = view(limit);
        History history = new History(seed, List.of(view));
        for (int i = 0; i < 400; i++) {
            history.step();
        }
        Map<String, long[]> positions = new HashMap<>();
        history.ends.forEach((topic, end) -> positions.put(topic, new long[end.length]));
        Position before = Position.ZERO;
        for (int i = 0; i < 300; i++) {
            positions.values().forEach(p -> p[history.random.nextInt(p.length)] += history.random.nextInt(10));
            Position now = view.reached(vectors(positions), TOPICS)
                    .map(Boundary::position)
                    .orElse(Position.ZERO);
            assertTrue(now.compareTo(before) >= 0, () -> "seed " + seed);
            before = now;
        }
    }

    @Property(tries = 40)
    void handOff_startsAtOrBelowThePosition(@ForAll long seed, @ForAll @IntRange(min = 2, max = 1000) int limit) {
        LedgerView view = view(limit);
        History history = new History(seed, List.of(view));
        for (int i = 0; i < 200; i++) {
            history.step();
            Position wanted = at(1 + history.random.nextInt((int) history.lsn));
            Optional<Boundary> start = view.atOrBelow(wanted, TOPICS);
            start.ifPresent(b -> {
                assertTrue(b.position().compareTo(wanted) <= 0);
                assertTrue(history.newest(b.offsets()).isPresent());
            });
        }
    }
}
