package dev.freshet.replica.agent;

import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.CopyStore;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.ParkedStream;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.NotComplete;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how fresh the copy is, in the consumer's database: reads the ledgers, compares them with the position rows of all
 * partitions (whoever owns them), and writes the freshness row of each source.
 *
 * <p>Every instance does it; each finds the same. It looks after each commit and each entry of a ledger, and at least once an
 * interval, so that it is right when the source is idle. Reports that follow quickly are paced by what they cost ({@link
 * ReportPace}); while the copy of every source is far behind they are further apart, so that the machine is left to what makes up
 * for it.
 */
public final class FreshnessAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(FreshnessAgent.class);

    /** While changes are on their way a commit of this instance is looked for that often. */
    private static final Duration BUSY_WAIT = Duration.ofMillis(2);

    private static final Duration IDLE_WAIT = Duration.ofMillis(100);

    /** So many changes take seconds, beside which the time between two reports is little. */
    private static final long FAR_BEHIND = 50_000;

    private final ReplicaConfig config;
    private final Readers readers;
    private final CopyStore store;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Progress progress;
    private final Set<String> streamNames;
    private final Map<String, SourceWatch> watches = new TreeMap<>();
    private @Nullable Sources watched;
    private @Nullable CopySession db;
    private @Nullable StreamReader questions;
    private Instant lastReport = Instant.MIN;
    private final ReportPace pace = new ReportPace();
    private Instant nextReport = Instant.MIN;
    private Instant lastQuestion = Instant.MIN;
    private long commitsSeen = -1;
    private boolean behind = true;

    /** Creates the agent; it connects when it works. */
    public FreshnessAgent(
            ReplicaConfig config, Readers readers, CopyStore store, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.store = store;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.progress = progress;
        this.streamNames = config.streams().stream().map(StreamTarget::stream).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String name() {
        return "freshness/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        Sources sources = progress.use(Progress.User.FRESHNESS);
        if (sources != watched) {
            forgetWatches();
            watched = sources;
        }
        if (sources == null) {
            return 0;
        }
        Instant before = clock.instant();
        int read = 0;
        Duration wait = behind ? longer(BUSY_WAIT, Duration.between(before, nextReport)) : IDLE_WAIT;
        for (LedgerReader ledger : sources.ledgers().values()) {
            try {
                read += ledger.poll(wait.dividedBy(sources.ledgers().size()));
            } catch (LossException e) {
                lost(sources, e);
                return 1;
            }
        }
        Instant now = clock.instant();
        long commits = progress.commits();
        boolean due = !now.isBefore(lastReport.plus(config.limits().freshnessInterval()));
        boolean news = (read > 0 || commits != commitsSeen) && !now.isBefore(nextReport);
        if (!due && !news) {
            behind |= read > 0;
            return 0;
        }
        try {
            report(sources, before, now);
            lastReport = now;
            commitsSeen = commits;
            return 1;
        } catch (StoreException e) {
            letGo();
            // whatever it is, it may be mended; until then the row runs out by itself
            throw new RetriableException(
                    "Replica '" + config.name() + "' could not report its freshness: " + e.getMessage(), e);
        } catch (LossException e) {
            lost(sources, e);
            return 1;
        } catch (RuntimeException e) {
            letGo();
            throw e;
        }
    }

    private CopySession connect() {
        CopySession c = db;
        if (c == null) {
            c = store.open();
            db = c;
        }
        return c;
    }

    /** A ledger is another one now: nothing that was read of it counts, and the applying agent finds all sources anew. */
    private void lost(Sources sources, LossException e) {
        String reason = String.valueOf(e.getMessage());
        LOG.error("Replica '{}' finds its ledgers anew: {}", config.name(), reason);
        try {
            CopySession c = connect();
            c.reports().withdraw(reason, true);
            c.commit();
        } catch (StoreException further) {
            letGo();
            // the ledger says so again at the next poll; until then the row runs out by itself
            throw new RetriableException(
                    "Replica '" + config.name() + "' could not withdraw that it is complete: " + further.getMessage(),
                    further);
        }
        forgetWatches();
        progress.freshness(Map.of());
        progress.lose(sources);
    }

    private void forgetWatches() {
        watches.clear();
        lastQuestion = Instant.MIN;
    }

    /**
     * One transaction, which holds the lock that every withdrawal takes: what it says was true when it began to read, and
     * nothing that came since is written over.
     *
     * @param before a time before the ledgers were read: from then on the report is valid
     */
    private void report(Sources sources, Instant before, Instant now) {
        CopySession c = connect();
        ask(sources, now);
        List<String> known = watches.values().stream().map(SourceWatch::source).toList();
        Instant begun = clock.instant();
        ReportRows reports = c.reports();
        Instant locked = reports.lock(known);
        Instant asOf = locked.minus(Duration.between(before, clock.instant()));
        // what is there of streams that the replica has no longer says nothing of those that it has
        List<StreamRow> streamRows = c.streams().read().stream()
                .filter(row -> streamNames.contains(row.stream()))
                .toList();
        List<Owned> partitions = c.positions().read().stream()
                .filter(row -> streamNames.contains(row.stream()))
                .toList();
        progress.partitions(partitions);
        // asked for only if there are any; their number and what is told of them come from one read
        List<ParkedStream> parked = streamRows.stream().allMatch(row -> row.parkedKeys() == 0)
                ? List.of()
                : c.parked().read().stream()
                        .filter(p -> streamNames.contains(p.stream()))
                        .toList();
        progress.parkedKeys(parked.stream().mapToLong(ParkedStream::keys).sum());
        tellIfFilled(streamRows, partitions);
        List<String> missing = missing(sources);
        FreshnessFinder finder =
                new FreshnessFinder(config, progress, c.streams(), streamRows, partitions, parked, missing, now);
        Map<String, Freshness> found = new TreeMap<>();
        behind = false;
        long leastBehind = Long.MAX_VALUE;
        for (SourceWatch watch : watches.values()) {
            Freshness f = finder.find(watch).orElse(null);
            if (f == null) {
                // the copy is ahead of the ledger, which is read next
                behind = true;
                leastBehind = 0;
                Freshness former = progress.freshness().get(watch.source());
                if (former != null) {
                    found.put(watch.source(), former);
                }
                continue;
            }
            found.put(watch.source(), f);
            Reports.write(reports, watch.source(), f, asOf);
            behind |= isBehind(watch.ledger(), f);
            leastBehind = Math.min(leastBehind, f.changesBehind());
        }
        if (!missing.isEmpty()) {
            reports.withdrawOthers(known, String.join("; ", missing), asOf);
        }
        c.commit();
        Duration cost = Duration.between(begun, clock.instant());
        nextReport = leastBehind > FAR_BEHIND ? pace.slow(begun, cost) : pace.next(begun, cost);
        progress.freshness(found);
        if (finder.allFilled() && watches.values().stream().allMatch(w -> w.wasAtEndOf(startedAt))) {
            progress.caughtUp();
        }
        for (String stream : finder.refilled()) {
            c.positions().fence(stream);
        }
        c.commit();
    }

    /** Returns why streams are missing; their source is not known, so that nothing of the replica is complete. */
    private List<String> missing(Sources sources) {
        Map<String, String> reasons = sources.missing();
        Map<String, String> held = progress.held();
        return config.streams().stream()
                .filter(t -> reasons.containsKey(t.topic()))
                .map(t -> held.getOrDefault(
                        t.stream(), "Stream '" + t.stream() + "' is not copied for now: " + reasons.get(t.topic())))
                .toList();
    }

    /** A partition that the applying agent left out, and that a fill knows by now, is to be applied. */
    private void tellIfFilled(List<StreamRow> streamRows, List<Owned> partitions) {
        Set<Partition> leftOut = progress.leftOut();
        if (leftOut.isEmpty()) {
            return;
        }
        for (StreamRow row : streamRows) {
            if (row.filled()
                    && partitions.stream()
                            .anyMatch(o -> o.stream().equals(row.stream())
                                    && leftOut.contains(new Partition(row.topic(), o.partition())))) {
                progress.filled();
                return;
            }
        }
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? b : a;
    }

    /** While a table is not filled, or a key parked, no report is urgent. */
    private static boolean isBehind(LedgerReader ledger, Freshness f) {
        if (f.why() != null
                && (f.why().cause() == NotComplete.Cause.FILLING || f.why().cause() == NotComplete.Cause.PARKED)) {
            return false;
        }
        return ledger.view()
                .cursor()
                .map(cursor -> cursor.boundary() != null
                        && !cursor.boundary().position().equals(f.position()))
                .orElse(false);
    }

    /** Asks the brokers, now and then. */
    private void ask(Sources sources, Instant now) {
        if (now.isBefore(lastQuestion.plus(config.limits().freshnessInterval()))) {
            return;
        }
        lastQuestion = now;
        StreamReader q = questions;
        if (q == null) {
            q = readers.alone();
            questions = q;
        }
        sources.ledgers()
                .forEach((ledger, reader) -> watches.computeIfAbsent(ledger, l -> watch(sources, l, reader, now)));
        Map<String, String> ids = new TreeMap<>();
        for (SourceWatch watch : watches.values()) {
            ids.putAll(watch.ask(q, now));
        }
        progress.topicIds(new TopicIds(now, ids));
    }

    private SourceWatch watch(Sources sources, String ledger, LedgerReader reader, Instant now) {
        Set<String> topics = config.streams().stream()
                .map(StreamTarget::topic)
                .filter(t -> sources.knows(t) && sources.location(t).ledger().equals(ledger))
                .collect(Collectors.toUnmodifiableSet());
        return new SourceWatch(
                sources.location(topics.iterator().next()).source(), reader, sources.ledgerId(ledger), topics, now);
    }

    private void letGo() {
        CopySession c = db;
        StreamReader q = questions;
        db = null;
        questions = null;
        // a database that comes back may be an older one: what is remembered of it proves nothing
        forgetWatches();
        Resources.close(c, q);
    }

    @Override
    public void close() {
        letGo();
        progress.release(Progress.User.FRESHNESS);
        progress.closeLost(null);
        Sources sources = progress.sources();
        if (sources != null) {
            sources.close();
        }
    }
}
