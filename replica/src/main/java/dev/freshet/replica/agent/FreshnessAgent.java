package dev.freshet.replica.agent;

import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.state.ConsumerDb;
import dev.freshet.replica.state.DbErrors;
import dev.freshet.replica.state.FreshnessRows;
import dev.freshet.replica.state.Owned;
import dev.freshet.replica.state.Positions;
import dev.freshet.replica.state.StreamRow;
import dev.freshet.replica.state.StreamRows;
import dev.freshet.stream.CopyProgress;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LogEnd;
import dev.freshet.stream.NotComplete;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.TopicFacts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how fresh the copy is, in the consumer's database: reads the ledgers, compares them with the position rows of all
 * partitions (whoever owns them), and writes the freshness row of each source.
 *
 * <p>Every instance does it; each finds the same. It looks after each commit and each entry of a ledger, and at least once an
 * interval, so that it is right when the source is idle.
 */
public final class FreshnessAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(FreshnessAgent.class);

    /** While changes are on their way a commit of this instance is looked for that often. */
    private static final Duration BUSY_WAIT = Duration.ofMillis(2);

    private static final Duration IDLE_WAIT = Duration.ofMillis(100);

    /** Two reports are at least that far apart, so that they cost the database little. */
    private static final Duration SHORTEST = Duration.ofMillis(5);

    private final ReplicaConfig config;
    private final Readers readers;
    private final InstantSource clock;
    private final Progress progress;
    private final ConsumerDb consumer;
    private final Positions positions;
    private final StreamRows streams;
    private final FreshnessRows reports;
    private final Map<String, SourceWatch> watches = new TreeMap<>();
    private @Nullable Connection db;
    private @Nullable StreamReader questions;
    private Instant lastReport = Instant.MIN;
    private Instant lastQuestion = Instant.MIN;
    private long commitsSeen = -1;
    private boolean behind = true;

    /** What is known of one source's topics. */
    private static final class SourceWatch {
        final Set<String> topics;
        Map<String, OffsetVector> ends = Map.of();
        Map<String, TopicFacts> facts = Map.of();

        @Nullable
        LogEnd logEnd;

        long fills;

        SourceWatch(Set<String> topics) {
            this.topics = topics;
        }
    }

    /** Creates the agent; it connects when it works. */
    public FreshnessAgent(ReplicaConfig config, Readers readers, InstantSource clock, Progress progress) {
        this.config = config;
        this.readers = readers;
        this.clock = clock;
        this.progress = progress;
        this.consumer = new ConsumerDb(config);
        this.positions = new Positions(config.name());
        this.streams = new StreamRows(config.name());
        this.reports = new FreshnessRows(config.name(), config.limits().freshnessValid());
    }

    @Override
    public String name() {
        return "freshness/" + config.name();
    }

    @Override
    public int doWork() throws InterruptedException {
        Sources sources = progress.sources();
        if (sources == null) {
            return 0;
        }
        int read = 0;
        Duration wait = behind ? BUSY_WAIT : IDLE_WAIT;
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
        boolean news = (read > 0 || commits != commitsSeen) && !now.isBefore(lastReport.plus(SHORTEST));
        if (!due && !news) {
            behind |= read > 0;
            return 0;
        }
        try {
            report(sources, now);
            lastReport = now;
            commitsSeen = commits;
            return 1;
        } catch (SQLException e) {
            letGo();
            // whatever it is, it may be mended; until then the row runs out by itself
            throw new RetriableException(
                    "Replica '" + config.name() + "' could not report its freshness: " + DbErrors.describe(e, false),
                    e);
        } catch (LossException e) {
            letGo();
            throw new RetriableException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            letGo();
            throw e;
        }
    }

    private Connection connect() throws SQLException {
        Connection c = db;
        if (c == null) {
            c = consumer.open();
            db = c;
            reports.relax(c);
        }
        return c;
    }

    /** A ledger is another one now: nothing that was read of it counts, and the applying agent finds all sources anew. */
    private void lost(Sources sources, LossException e) {
        String reason = String.valueOf(e.getMessage());
        LOG.error("Replica '{}' finds its ledgers anew: {}", config.name(), reason);
        try {
            Connection c = connect();
            streams.withdraw(c, reason, true);
            c.commit();
        } catch (SQLException further) {
            letGo();
            // the ledger says so again at the next poll; until then the row runs out by itself
            throw new RetriableException(
                    "Replica '" + config.name() + "' could not withdraw that it is complete: "
                            + DbErrors.describe(further, false),
                    further);
        }
        watches.clear();
        lastQuestion = Instant.MIN;
        progress.freshness(Map.of());
        progress.lose(sources);
    }

    private void report(Sources sources, Instant now) throws SQLException {
        Connection c = connect();
        ask(sources, now);
        List<StreamRow> streamRows = streams.read(c);
        List<Owned> partitions = positions.read(c);
        c.commit();
        progress.partitions(partitions);
        prepareIfFilled(streamRows, partitions);
        Map<String, Freshness> found = new TreeMap<>();
        behind = false;
        for (Map.Entry<String, LedgerReader> e : sources.ledgers().entrySet()) {
            SourceWatch watch = watches.get(e.getKey());
            if (watch == null) {
                continue;
            }
            Freshness f = find(c, e.getValue(), watch, streamRows, partitions, now);
            String source = sources.location(watch.topics.iterator().next()).source();
            found.put(source, f);
            reports.write(c, source, f);
            behind |= isBehind(e.getValue(), f);
        }
        c.commit();
        progress.freshness(found);
    }

    /** A partition that the applying agent left out, and that a fill knows by now, is to be applied. */
    private void prepareIfFilled(List<StreamRow> streamRows, List<Owned> partitions) {
        Set<Partition> leftOut = progress.leftOut();
        for (StreamRow row : streamRows) {
            if (row.filled()
                    && partitions.stream()
                            .anyMatch(o -> o.stream().equals(row.stream())
                                    && leftOut.contains(new Partition(row.topic(), o.partition())))) {
                progress.prepareAgain();
            }
        }
    }

    private static boolean isBehind(LedgerReader ledger, Freshness f) {
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
        for (String ledger : sources.ledgers().keySet()) {
            SourceWatch watch = watches.computeIfAbsent(ledger, l -> new SourceWatch(topics(sources, l)));
            Map<String, TopicFacts> facts = q.describe(watch.topics);
            watch.facts = facts;
            watch.ends = facts.isEmpty() ? Map.of() : q.endOffsets(facts.keySet());
            if (watch.logEnd != null) {
                watch.logEnd.sampled(now, watch.ends);
            }
        }
    }

    private Set<String> topics(Sources sources, String ledger) {
        return config.streams().stream()
                .map(StreamTarget::topic)
                .filter(t -> sources.location(t).ledger().equals(ledger))
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    private Freshness find(
            Connection c,
            LedgerReader ledger,
            SourceWatch watch,
            List<StreamRow> streamRows,
            List<Owned> partitions,
            Instant now)
            throws SQLException {
        Map<String, OffsetVector> at = new HashMap<>();
        Map<String, String> ids = new HashMap<>();
        Instant caughtUpAt = now;
        NotComplete own = null;
        long fills = 0;
        for (StreamRow row : streamRows) {
            if (!watch.topics.contains(row.topic())) {
                continue;
            }
            fills += row.fill();
            ids.put(row.topic(), row.topicId());
            at.put(row.topic(), vector(row.stream(), partitions));
            if (!row.filled() || row.atEnd() == null) {
                own = new NotComplete(NotComplete.Cause.FILLING, filling(row));
                if (progress.state() == ReplicaStatus.State.RUNNING) {
                    progress.prepareAgain();
                }
            } else if (row.atEnd().isBefore(caughtUpAt)) {
                caughtUpAt = row.atEnd();
            }
        }
        watch.topics.forEach(t -> ids.putIfAbsent(t, ""));
        if (own == null) {
            own = stopped(partitions);
        }
        if (own == null || own.cause() != NotComplete.Cause.FILLING) {
            caughtUpAt = logEnd(c, watch, streamRows, at, caughtUpAt, fills, now);
        }
        CopyProgress copy = new CopyProgress(at, watch.ends, ids, watch.facts, caughtUpAt);
        Freshness f = Freshness.of(ledger.view(), copy, config.limits().ledgerLimit(), now);
        NotComplete why = f.why();
        if (own != null) {
            return f.withheld(own);
        }
        if (why != null && mustRefill(why)) {
            refill(c, ledger, watch, streamRows, partitions, why);
        }
        return f;
    }

    private String filling(StreamRow row) {
        String reason = progress.reason();
        return "The table of stream '" + row.stream() + "' is being filled"
                + (row.refill() == null ? "" : " anew: " + row.refill())
                + (reason == null || progress.state() == ReplicaStatus.State.WAITING ? "" : " (" + reason + ")");
    }

    private @Nullable NotComplete stopped(List<Owned> partitions) {
        List<String> reasons = new ArrayList<>();
        for (Owned o : partitions) {
            if (o.stopped() != null) {
                reasons.add(o.stopped());
            }
        }
        if (reasons.isEmpty() && progress.state() == ReplicaStatus.State.STOPPED && progress.reason() != null) {
            reasons.add(progress.reason());
        }
        return reasons.isEmpty() ? null : new NotComplete(NotComplete.Cause.COPY_STOPPED, String.join("; ", reasons));
    }

    private static OffsetVector vector(String stream, List<Owned> partitions) {
        return OffsetVector.of(partitions.stream()
                .filter(p -> p.stream().equals(stream))
                .mapToLong(Owned::nextOffset)
                .toArray());
    }

    private Instant logEnd(
            Connection c,
            SourceWatch watch,
            List<StreamRow> streamRows,
            Map<String, OffsetVector> at,
            Instant stored,
            long fills,
            Instant now)
            throws SQLException {
        Duration limit = watch.facts.values().stream()
                .map(TopicFacts::awayLimit)
                .min(Duration::compareTo)
                .orElse(Duration.ofDays(1));
        LogEnd end = watch.logEnd;
        if (end == null || watch.fills != fills || stored.isAfter(end.at())) {
            end = new LogEnd(stored, limit);
            watch.logEnd = end;
            watch.fills = fills;
        }
        if (end.passed(at, now) && Duration.between(stored, end.at()).compareTo(limit.dividedBy(100)) > 0) {
            for (StreamRow row : streamRows) {
                if (watch.topics.contains(row.topic())) {
                    streams.atEnd(c, row.stream(), row.fill(), end.at());
                }
            }
        }
        return end.at();
    }

    private static boolean mustRefill(NotComplete why) {
        return why.cause() == NotComplete.Cause.AWAY_TOO_LONG || why.cause() == NotComplete.Cause.TOPIC_CHANGED;
    }

    /** The flag is cleared in the transaction that asks for the fill, and so before it begins. */
    private void refill(
            Connection c,
            LedgerReader ledger,
            SourceWatch watch,
            List<StreamRow> streamRows,
            List<Owned> partitions,
            NotComplete why)
            throws SQLException {
        for (StreamRow row : streamRows) {
            TopicFacts facts = watch.facts.get(row.topic());
            boolean concerned = why.cause() == NotComplete.Cause.AWAY_TOO_LONG
                    || (facts != null && !facts.topicId().equals(row.topicId()))
                    || (facts != null && repartitioned(ledger, row, facts, partitions));
            if (watch.topics.contains(row.topic()) && row.filled() && concerned) {
                streams.refill(c, row.stream(), row.fill(), why.text());
            }
        }
    }

    /** Whether the topic has other partitions than the copy was filled with, and the relay writes to all of them. */
    private static boolean repartitioned(LedgerReader ledger, StreamRow row, TopicFacts facts, List<Owned> partitions) {
        return facts.partitions() != vector(row.stream(), partitions).partitions()
                && ledger.view()
                        .streamOfTopic(row.topic())
                        .filter(e -> e.topicId().equals(facts.topicId()) && e.partitions() == facts.partitions())
                        .isPresent();
    }

    private void letGo() {
        Connection c = db;
        StreamReader q = questions;
        db = null;
        questions = null;
        Resources.close(c, q);
    }

    @Override
    public void close() {
        letGo();
        Sources sources = progress.sources();
        if (sources != null) {
            sources.close();
        }
    }
}
