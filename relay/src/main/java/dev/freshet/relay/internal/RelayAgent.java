package dev.freshet.relay.internal;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.agent.Agent;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.RelayStatus.State;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.StreamWriteException;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.relay.port.TopicsDamagedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands by while another relay reads the slot, takes over when none does, and leads until something ends it. */
public final class RelayAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(RelayAgent.class);
    private static final Duration STANDBY_PROBE = Duration.ofMillis(500);
    private static final Duration FENCED_PAUSE = Duration.ofSeconds(3);
    /** How often an operator's word is looked for while the source waits before it begins anew by itself. */
    private static final Duration WORD_PROBE = Duration.ofSeconds(30);

    private static final String LOSSES = "losses";
    private static final String HELPERS = "helpers/";
    private static final String OUTBOX = "outbox";
    private static final String PARKED = "parked";
    private static final String NOT_BEGUN = "streams/";
    private static final String TOPICS = "topics/";
    private static final String TOPICS_UNSEEN = TOPICS + "unseen";
    private static final String TOPIC_SETTINGS = TOPICS + "settings/";

    private final RelaySettings settings;
    private final Ports ports;
    private final Sampler sampler;
    private final TopicWatch watch;
    private final OutboxKeeper keeper;
    private final TopicGuard guard;
    private final List<Helper> helpers;
    private final InstantSource clock;
    private final Refusals refusals;
    private final Losses losses;
    private final Report report;
    private final Alarms alarms;
    private @Nullable Source source;
    private @Nullable LeaderSession session;
    private Sampler.Wanted wanted = new Sampler.Wanted(Map.of(), Instant.MIN, List.of());
    private Instant nextAttempt = Instant.MIN;
    private Instant lossesForgotten = Instant.MAX;

    /**
     * Creates a relay that begins as a stand-by.
     *
     * @param helpers sampler, watch and keeper as others run them
     */
    public RelayAgent(
            RelaySettings settings,
            Ports ports,
            Sampler sampler,
            TopicWatch watch,
            OutboxKeeper keeper,
            List<Helper> helpers,
            InstantSource clock) {
        this.settings = settings;
        this.ports = ports;
        this.sampler = sampler;
        this.watch = watch;
        this.keeper = keeper;
        this.guard = new TopicGuard(settings, clock);
        this.refusals = new Refusals(settings, clock);
        this.losses = new Losses(settings);
        this.helpers = List.copyOf(helpers);
        this.clock = clock;
        this.report = new Report(settings);
        this.alarms = report.alarms();
    }

    @Override
    public String name() {
        return "relay/" + settings.source();
    }

    /** Returns what the relay does; any thread may ask. */
    public RelayStatus status() {
        return report.status();
    }

    @Override
    public int doWork() throws InterruptedException {
        try {
            helpers.forEach(h -> h.requireAtWork(settings.source()));
            LeaderSession leader = session;
            return leader == null ? tryToLead() : leadOrLose(leader);
        } catch (FencedException e) {
            LOG.info("{}", e.getMessage());
            endSession();
            standBy();
            nextAttempt = clock.instant().plus(FENCED_PAUSE);
            report(State.STANDBY, e.getMessage());
            return 0;
        } catch (RepeatedLossException e) {
            endSession();
            alarms.raise(LOSSES, String.valueOf(e.getMessage()));
            Instant look = clock.instant().plus(WORD_PROBE);
            nextAttempt = e.until().isBefore(look) ? e.until() : look;
            report(State.RETRYING, e.getMessage());
            return 0;
        } catch (LossException e) {
            endSession();
            report(State.STOPPED, e.getMessage());
            throw e;
        } catch (RetriableException e) {
            if (e instanceof StreamWriteException refused) {
                noteRefusal(refused);
            } else if (e instanceof TopicsDamagedException damaged) {
                recordDamage(damaged);
            }
            endSession();
            report(State.RETRYING, e.getMessage());
            throw e;
        } catch (RuntimeException e) {
            endSession();
            report(State.STOPPED, e.getMessage());
            throw e;
        }
    }

    /** What there is to say of topics and losses is for the relay that leads. */
    private void standBy() {
        guard.standBy();
        alarms.forget(LOSSES);
    }

    private int tryToLead() throws InterruptedException {
        Instant now = clock.instant();
        if (now.isBefore(nextAttempt)) {
            return 0;
        }
        nextAttempt = now.plus(STANDBY_PROBE);
        Source s = source;
        if (s == null) {
            s = ports.openSource();
            source = s;
        }
        Optional<Integer> reader = s.slot().map(SlotState::activePid);
        if (reader.isPresent()) {
            standBy();
            report(
                    State.STANDBY,
                    "Slot '" + settings.slot() + "' is read by another relay (server process " + reader.get() + ")");
            return 0;
        }
        takeOver(s);
        return 1;
    }

    private void takeOver(Source s) throws InterruptedException {
        String incarnation = UUID.randomUUID().toString();
        TopicWriter writer = ports.openWriter();
        try (TopicStore store = ports.openStore()) {
            TakeOver.Outcome outcome = new TakeOver(
                            settings, clock, incarnation, s, store, writer, ports::openKeys, guard, refusals, losses)
                    .run();
            session = outcome.session();
            report.leads(outcome.failing());
            List<TableCapture> notBegun = settings.tables().stream()
                    .filter(t -> outcome.notBegun().containsKey(t.stream()))
                    .toList();
            alarms.only(
                    NOT_BEGUN,
                    outcome.notBegun().values().stream()
                            .map(reason -> reason
                                    + ". The source's other streams go on; this one is begun once that is mended")
                            .toList());
            String losses = outcome.losses().alarm();
            lossesForgotten = outcome.losses().alarmEnds();
            if (losses == null) {
                alarms.mended(LOSSES);
            } else {
                alarms.raise(LOSSES, losses);
            }
            LOG.info("Relay {} leads from {}", incarnation, outcome.session());
            wanted = new Sampler.Wanted(outcome.catalogs(), clock.instant(), notBegun);
            sampler.lead(wanted);
            watchTopics(outcome.session());
            report(State.RUNNING, null);
        } catch (RuntimeException | InterruptedException e) {
            writer.close();
            throw e;
        }
    }

    /** What the log cannot give any more is missing from the last boundary on, from every stream. */
    private int leadOrLose(LeaderSession leader) throws InterruptedException {
        try {
            return lead(leader);
        } catch (LedgerLostException e) {
            throw e;
        } catch (LossException e) {
            Loss loss = new Loss(
                    String.valueOf(e.getMessage()), leader.ledger().boundary().position(), null, Losses.look(source));
            throw losses.tell(loss, leader::lose);
        }
    }

    private int lead(LeaderSession leader) throws InterruptedException {
        Sampler.@Nullable Sampled sampled = sampler.take();
        if (sampled != null) {
            take(leader, sampled);
        }
        TopicWatch.@Nullable Seen seen = watch.take();
        if (seen != null) {
            take(leader, seen);
        }
        int done = leader.doWork();
        refusals.taken(leader.written());
        boolean news = hearHelpers(leader);
        if (done > 0 || sampled != null || seen != null || news) {
            report(State.RUNNING, null);
        }
        return done;
    }

    /** Returns whether an alarm has come or gone. */
    private boolean hearHelpers(LeaderSession leader) {
        boolean news = tell(OUTBOX, leader.events().outboxTrouble());
        news |= tell(PARKED, leader.events().parked());
        for (Helper helper : helpers) {
            news |= tell(HELPERS + helper.what(), helper.trouble(settings.source()));
        }
        return news;
    }

    /** Raises an alarm, or takes it back if there is no trouble; returns whether that is news. */
    private boolean tell(String key, @Nullable String trouble) {
        return trouble == null ? alarms.mended(key) : alarms.raise(key, trouble);
    }

    private void take(LeaderSession leader, Sampler.Sampled sampled) {
        long boundary = leader.ledger().boundary().position().lsn();
        SlotState slot = sampled.slot().orElse(null);
        if (slot == null || slot.lost() != null) {
            throw new LossException("The slot '" + settings.slot() + "' "
                    + (slot == null ? "was dropped" : "is not usable any more (" + slot.lost() + ")"));
        }
        if (clock.instant().isAfter(lossesForgotten)) {
            alarms.mended(LOSSES);
        }
        report.measured(Math.max(0, sampled.sample().lsn() - boundary), slot.retainedBytes());
        leader.offer(sampled.sample());
        Map<String, String> seen = new HashMap<>(wanted.catalogs());
        sampled.sample().drifts().forEach((stream, drift) -> {
            LOG.info("Stream {}: {}", stream, drift.reason());
            seen.put(stream, drift.catalog());
        });
        wanted = new Sampler.Wanted(Map.copyOf(seen), leader.lastTransaction(), wanted.notBegun());
        sampler.lead(wanted);
        watchTopics(leader);
        if (!sampled.capturable().isEmpty()) {
            throw new RetriableException("The tables of streams " + sampled.capturable()
                    + " can be captured now. The relay takes over anew, to begin them");
        }
    }

    private void watchTopics(LeaderSession leader) {
        LedgerState ledger = leader.ledger();
        watch.lead(new TopicWatch.Watched(
                ledger.boundary(), ledger.durableStreams(), guard.isInDoubt(ledger.durableStreams())));
        boolean whole = ledger.durableStreams().stream()
                .noneMatch(e -> e.isOfEvents() && e.status() == StreamStatus.SNAPSHOTTING);
        keeper.lead(new OutboxKeeper.Durable(ledger.server(), whole));
    }

    private void take(LeaderSession leader, TopicWatch.Seen seen) {
        if (seen.failure() != null) {
            alarms.raise(
                    TOPICS_UNSEEN,
                    "The topics of source '" + settings.source()
                            + "' could not be compared with the ledger, so that one"
                            + " which is made again or truncated is noticed late: " + seen.failure());
            return;
        }
        alarms.mended(TOPICS_UNSEEN);
        alarms.only(TOPIC_SETTINGS, seen.contradictions());
        guard.watchLedger(seen.ledger());
        if (seen.troubles().isEmpty()) {
            leader.ledger().wholeAt(seen.watched().boundary().position());
        }
        List<String> damages = new ArrayList<>();
        for (StreamSettings stream : seen.looked()) {
            TopicTrouble trouble = seen.troubles().get(stream.name());
            StreamEntry entry = leader.ledger().stream(stream.name());
            if (guard.isCertain(stream.topic(), trouble) && trouble != null && entry != null) {
                refusals.damaged(entry, trouble.text());
                damages.add(trouble.text());
            }
        }
        watchTopics(leader);
        if (!damages.isEmpty()) {
            // What the open batch has for the topic may not be writable, and the entry must not wait for it.
            throw new RetriableException(
                    String.join(". ", damages) + ". The relay takes over anew, to say so in the ledger first");
        }
    }

    private void noteRefusal(StreamWriteException refused) {
        LeaderSession leader = session;
        if (leader == null) {
            return;
        }
        for (StreamEntry stream : leader.ledger().streams()) {
            if (stream.topic().equals(refused.topic())) {
                refusals.refused(stream, refused);
                LOG.warn("{}", refused.getMessage());
            }
        }
    }

    /** What is given up fills a topic up to the end that it should have, so that no later look may find the damage. */
    private void recordDamage(TopicsDamagedException damaged) {
        LeaderSession leader = session;
        if (leader == null) {
            return;
        }
        Map<String, String> reasons = new HashMap<>();
        for (StreamEntry stream : leader.ledger().streams()) {
            String reason = damaged.byTopic().get(stream.topic());
            if (reason != null) {
                // for the case that it cannot be written now
                refusals.damaged(stream, reason);
                reasons.put(stream.stream(), reason);
            }
        }
        writeAlone(() -> leader.breakAlone(reasons, leader.ledger().wholeAt()), damaged);
    }

    private static void writeAlone(Runnable entry, RuntimeException cause) {
        try {
            entry.run();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void endSession() {
        sampler.rest();
        watch.rest();
        keeper.rest();
        alarms.forget(HELPERS);
        alarms.forget(TOPICS);
        alarms.forget(OUTBOX);
        alarms.forget(PARKED);
        LeaderSession ended = session;
        session = null;
        if (ended != null) {
            report.ended(ended);
            ended.close();
        }
        Source s = source;
        source = null;
        if (s != null) {
            s.close();
        }
    }

    private void report(State state, @Nullable String message) {
        report.tell(state, message, session);
    }

    @Override
    public void close() {
        endSession();
        if (status().state() != State.STOPPED) {
            report(State.STOPPED, null);
        }
    }
}
