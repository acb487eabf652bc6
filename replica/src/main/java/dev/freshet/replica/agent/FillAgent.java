package dev.freshet.replica.agent;

import dev.freshet.model.DurationText;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.fill.StreamFill;
import dev.freshet.replica.park.DeadLetterBox;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.StreamReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the tables of a replica's streams, one at a time, beside the applying of those that are filled: with a thread, a
 * connection and a reader of its own, so that neither a long fill nor the building of an index keeps a change waiting.
 *
 * <p>Where the replica has a dead-letter topic, a fill that meets a record which its table refuses begins again at once, more
 * slowly, and leaves such records out. One that fails, for whatever reason, holds its stream back, and no other: it is tried again after a wait that doubles
 * (unless a server was away), and the next stream has its turn meanwhile. A stream that is missing is held in the same way, also
 * if its table is filled; each try looks for its ledger, and once that is found all sources are found anew.
 */
public final class FillAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(FillAgent.class);

    /** A table that another instance fills is looked at again after that time at most, since the other may die. */
    private static final Duration ELSEWHERE_LIMIT = Duration.ofSeconds(1);

    private final ReplicaConfig config;
    private final Readers readers;
    private final CopyStore store;
    private final InstantSource clock;
    private final Progress progress;
    private final HeldStreams held;
    private final @Nullable DeadLetterBox box;
    private final Set<String> careful = new HashSet<>();
    private final Map<String, Instant> elsewhereUntil = new HashMap<>();
    private final Set<String> filled = new HashSet<>();
    private final Set<String> cameMeanwhile = new HashSet<>();
    private List<StreamTarget> wanted = List.of();
    private @Nullable Sources sources;
    private @Nullable CopySession db;
    private @Nullable StreamReader reader;
    private @Nullable StreamTarget target;
    private @Nullable StreamFill fill;
    private @Nullable Instant othersWaitSince;
    private Instant frozenLookedFor = Instant.MIN;

    /** Where tables are filled, as this instance knows it. */
    enum Place {
        /** Nowhere, that this instance knows of. */
        NOWHERE,
        /** In this instance. */
        HERE,
        /** In another instance. */
        ELSEWHERE
    }

    private interface Piece {
        int run() throws InterruptedException;
    }

    /** Creates the agent; it works once the applying agent has found the sources and said what is to be filled. */
    public FillAgent(ReplicaConfig config, Readers readers, CopyStore store, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.store = store;
        this.clock = clock;
        this.progress = progress;
        this.held = new HeldStreams(clock, config.limits());
        DeadLetterSettings dead = config.deadLetters();
        this.box = dead == null ? null : new DeadLetterBox(config, dead, readers::deadLetters, clock);
    }

    @Override
    public String name() {
        return "fills/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        Sources now = progress.use(Progress.User.FILLS);
        if (now != sources) {
            // what was read with ledgers that are lost proves nothing
            letGo();
            sources = now;
            cameMeanwhile.clear();
        }
        if (now == null) {
            return 0;
        }
        StreamFill running = fill;
        StreamTarget stream = target;
        if (running != null && stream != null) {
            return orHold(stream, () -> work(running, stream));
        }
        StreamTarget next = next(now);
        return next == null ? 0 : orHold(next, () -> begin(next, now));
    }

    private @Nullable StreamTarget next(Sources known) {
        List<StreamTarget> newest = progress.toFill();
        if (newest != wanted) {
            // it was said after the database was asked: what else was filled, also by others, needs nothing more
            wanted = newest;
            filled.clear();
            if (held.retain(newest)) {
                progress.held(held.texts());
            }
        }
        List<StreamTarget> left = left();
        if (left.isEmpty()) {
            letGo();
            return null;
        }
        Instant now = clock.instant();
        return known.readiestFirst(left).stream()
                .filter(t -> isDue(t, now) || hasCome(t, known))
                .findFirst()
                .orElse(null);
    }

    private boolean isDue(StreamTarget t, Instant now) {
        return !held.waits(t) && !now.isBefore(elsewhereUntil.getOrDefault(t.stream(), Instant.MIN));
    }

    /** Whether a missing stream stands in a ledger that is read anyway; it is said once, lest the next look be in vain too. */
    private boolean hasCome(StreamTarget t, Sources known) {
        return known.isNamedByNow(t.topic()) && cameMeanwhile.add(t.stream());
    }

    private List<StreamTarget> left() {
        return progress.toFill().stream()
                .filter(t -> !filled.contains(t.stream()))
                .toList();
    }

    /**
     * Until when a fill goes on with a snapshot that is under way. Copies that are filled are applied meanwhile; those that
     * are not wait for their turn.
     */
    private Instant followUntil() {
        if (left().size() <= 1) {
            othersWaitSince = null;
            return Instant.MAX;
        }
        Instant since = othersWaitSince;
        if (since == null) {
            since = clock.instant();
            othersWaitSince = since;
        }
        return since.plus(config.limits().snapshotFollow());
    }

    /** Looks for the ledger of a missing stream; what is wrong with it is thrown, and holds the stream. */
    private int lookFor(StreamTarget stream, Sources known) throws InterruptedException {
        String ledger = readers.locate(stream.topic(), stream.ledger()).ledger();
        LOG.info(
                "Replica '{}' has found stream '{}' in the ledger '{}', prepares again and takes it up",
                config.name(),
                stream.stream(),
                ledger);
        if (held.forget(stream)) {
            progress.held(held.texts());
        }
        progress.lose(known);
        return 1;
    }

    private int begin(StreamTarget stream, Sources schemas) throws InterruptedException {
        if (!schemas.knows(stream.topic())) {
            return lookFor(stream, schemas);
        }
        CopySession c = db == null ? store.open() : db;
        db = c;
        StreamReader r = reader == null ? readers.alone() : reader;
        reader = r;
        followUntil();
        String version = schemas.newestVersion(stream.topic());
        StreamFill begun = StreamFill.begin(
                c,
                config,
                stream,
                schemas.schema(stream.topic(), version),
                schemas,
                r,
                clock,
                this::followUntil,
                careful.contains(stream.stream()) ? box : null);
        if (begun == null) {
            notNeeded(c, stream);
            return 0;
        }
        target = stream;
        fill = begun;
        elsewhereUntil.remove(stream.stream());
        progress.filling(Place.HERE);
        return 1;
    }

    private void notNeeded(CopySession c, StreamTarget stream) {
        boolean done = c.streams().read().stream()
                .filter(row -> row.stream().equals(stream.stream()))
                .anyMatch(StreamRow::filled);
        c.commit();
        if (done) {
            isFilled(stream);
            return;
        }
        progress.filling(Place.ELSEWHERE);
        held.putOff(stream);
        Duration first = config.limits().retryFirst();
        Instant now = clock.instant();
        elsewhereUntil.put(stream.stream(), now.plus(first.compareTo(ELSEWHERE_LIMIT) < 0 ? first : ELSEWHERE_LIMIT));
        if (now.isAfter(frozenLookedFor.plus(config.sessions().idleInTransaction()))) {
            frozenLookedFor = now;
            int ended = c.endFrozen();
            if (ended > 0) {
                LOG.warn("Replica '{}' has ended {} frozen sessions of a filler", config.name(), ended);
            }
        }
    }

    private int work(StreamFill running, StreamTarget stream) throws InterruptedException {
        int done = running.work();
        progress.fillRows(running.rows());
        if (done < 0) {
            fill = null;
            target = null;
            isFilled(stream);
        }
        return Math.abs(done);
    }

    private void isFilled(StreamTarget stream) {
        filled.add(stream.stream());
        careful.remove(stream.stream());
        elsewhereUntil.remove(stream.stream());
        if (held.forget(stream)) {
            progress.held(held.texts());
        }
        progress.filling(Place.NOWHERE);
        progress.filled();
    }

    /** What concerns all (brokers or database away) those who apply find out by themselves. */
    private int orHold(StreamTarget stream, Piece piece) throws InterruptedException {
        try {
            return piece.run();
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.ROW_REFUSED && beginsCarefully(stream, e.shown())) {
                return 1;
            }
            // a later version of the row, or an altered table, may mend it
            hold(stream, e.shown(), e, e.isAway());
        } catch (RecordException e) {
            if (e.fault() != null && beginsCarefully(stream, String.valueOf(e.getMessage()))) {
                return 1;
            }
            hold(stream, String.valueOf(e.getMessage()), e, false);
        } catch (FreshetException e) {
            hold(stream, String.valueOf(e.getMessage()), e, e instanceof RetriableException);
        }
        return 0;
    }

    /** Begins a fill again that met a record which the table refuses, so that such records are left out and parked. */
    private boolean beginsCarefully(StreamTarget stream, String reason) {
        if (box == null || !careful.add(stream.stream())) {
            return false;
        }
        letGo();
        progress.filling(Place.NOWHERE);
        LOG.warn(
                "Replica '{}' begins the fill of {} again, statement by statement, and parks the keys of which the table refuses"
                        + " the newest record: {}",
                config.name(),
                stream.table(),
                reason);
        return true;
    }

    private void hold(StreamTarget stream, String reason, Exception cause, boolean away) {
        letGo();
        Duration wait = away ? held.holdBriefly(stream, reason) : held.hold(stream, reason);
        progress.held(held.texts());
        progress.filling(Place.NOWHERE);
        LOG.error(
                "Replica '{}' cannot fill {} for stream '{}' and tries again in {}; its other streams go on: {}",
                config.name(),
                stream.table(),
                stream.stream(),
                DurationText.of(wait),
                reason);
        LOG.debug("The cause", cause);
    }

    /** Gives up the fill that is under way, and what it was done with; what is held stays so. */
    private void letGo() {
        StreamFill f = fill;
        StreamReader r = reader;
        CopySession c = db;
        fill = null;
        target = null;
        reader = null;
        db = null;
        Resources.close(f, r, c, box);
    }

    @Override
    public void close() {
        letGo();
        sources = null;
        progress.release(Progress.User.FILLS);
    }
}
