package dev.freshet.direct;

import dev.freshet.letters.LetterPlace;
import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens to each event: sent, tried again, written as a letter, or kept in the table. All of it on the loop's
 * thread.
 *
 * <p>One event of a key is under way at a time. Two would be faster, but if the client gives up the first and writes the second,
 * their order is lost; as it is, a failing key holds up nothing but itself, and no try of ours can overtake another.
 */
final class Lanes {
    /** Once it is known which keys are parked, all are tried at once: until then it is not looked often. */
    private static final int UNKNOWN_TIMES = 7;

    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    /** A letter is given as long as this to be written, if the bound is not shorter. */
    private static final Duration LETTER_LIMIT = Duration.ofSeconds(5);

    private final DirectSettings settings;
    private final LanePorts.Tasks loop;
    private final LanePorts.Records sender;
    private final LanePorts.DeadLetters letters;
    private final EventRecords records;
    private final ParkedKeys parked;
    private final LanePorts.LettersRead watch;
    private final Optional<? extends LanePorts.Undelivered> keeper;
    private final Completions completions;
    private final SeldomLog letterLog = new SeldomLog(LOG);
    private final SeldomLog failureLog = new SeldomLog(LOG);

    private final LaneSet lanes;
    private final KeptKeys kept;
    /** Whether what fails goes to the table at once: the queue was full, or the publisher closes; until Kafka takes one. */
    private boolean spilling;

    private boolean closing;
    private boolean ended;
    private int open;
    private final CompletableFuture<Boolean> empty = new CompletableFuture<>();
    final AtomicInteger inFlight = new AtomicInteger();

    /** What lanes work with. */
    record Parts(
            DirectSettings settings,
            LanePorts.Tasks loop,
            LanePorts.Records sender,
            LanePorts.DeadLetters letters,
            EventRecords records,
            ParkedKeys parked,
            LanePorts.LettersRead watch,
            Optional<? extends LanePorts.Undelivered> keeper,
            KeptKeys kept,
            Completions completions) {}

    Lanes(Parts parts) {
        settings = parts.settings();
        loop = parts.loop();
        sender = parts.sender();
        letters = parts.letters();
        records = parts.records();
        parked = parts.parked();
        watch = parts.watch();
        keeper = parts.keeper();
        kept = parts.kept();
        completions = parts.completions();
        lanes = new LaneSet(loop);
    }

    /** Takes events, in their order. */
    void accept(List<Entry> entries) {
        for (Entry entry : entries) {
            if (ended) {
                tooLate(entry);
                continue;
            }
            Lane lane = lanes.of(entry);
            lane.add(entry);
            open += entry.isDrained() ? 0 : 1;
            step(lane);
        }
    }

    private void step(Lane lane) {
        Entry next = lane.next();
        while (next != null && next.isDrained() && next.outcome.isDone()) {
            lane.remove(next); // whoever took it from the table waits for it no more
            next = lane.next();
        }
        if (ended || next == null) {
            lanes.forgetIfEmpty(lane);
        } else if (!next.isDrained() && kept.mayHave(lane)) {
            hand(lane, lane.hash());
        } else {
            send(lane, next);
        }
    }

    private void send(Lane lane, Entry entry) {
        LaneKey key = settings.parks() ? lane.key().orElse(null) : null;
        if (key != null && entry.fault() == null && !watch.isKnown()) {
            awaitParked(lane, entry);
            step(lane);
            return;
        }
        sending(lane, true);
        boolean isParked = key != null && parked.isParked(key);
        if (isParked && entry.fault() == null) {
            entry.giveUp(Fault.BEHIND);
        } else if (!isParked && Fault.BEHIND.equals(entry.fault())) {
            entry.startOver();
        }
        Fault why = entry.fault();
        if (why == null) {
            entry.tried();
            sender.send(records.of(entry, entry.topic), (written, fault) -> answered(lane, entry, fault));
        } else {
            letters.send(entry, why, (written, fault) -> lettered(lane, entry, why, written, fault));
        }
    }

    /**
     * Has events wait for the parked keys to be known. None was tried, so none becomes a letter, for which the topic is away too: it
     * waits for the bound and is kept, or fails.
     */
    private void awaitParked(Lane lane, Entry entry) {
        Fault unknown = Fault.passing("It is not known which keys are parked: " + watch.trouble());
        if (entry.isDrained()) {
            putBack(lane, unknown);
        } else if (keeper.isPresent() && isOver(watch.unknownForNanos())) {
            hand(lane, Optional.empty());
        } else {
            Entry first = entry;
            while (first != null && isOver(first.ageNanos())) {
                lane.remove(first);
                fail(first, "retryFor(…) is over. " + unknown.reason());
                first = lane.next();
            }
            if (first != null) {
                failed(lane, UNKNOWN_TIMES, unknown);
            }
        }
    }

    private void sending(Lane lane, boolean now) {
        lane.sending = now;
        inFlight.addAndGet(now ? 1 : -1);
    }

    private void answered(Lane lane, Entry entry, @Nullable Fault fault) {
        sending(lane, false);
        if (ended) {
            return;
        }
        if (fault == null) {
            spilling = closing && spilling;
            done(lane, entry, Outcome.SENT);
        } else if (fault.lasts()) {
            entry.giveUp(fault);
        } else if (entry.isDrained()) {
            putBack(lane, fault);
        } else if (expired(entry)) {
            entry.giveUp(fault);
        } else {
            failed(lane, entry.attempts(), fault);
        }
        step(lane);
    }

    private boolean expired(Entry entry) {
        return isOver(entry.triedForNanos());
    }

    private boolean isOver(long nanos) {
        return settings.retryFor().filter(bound -> nanos >= bound.toNanos()).isPresent();
    }

    private void lettered(Lane lane, Entry entry, Fault why, @Nullable RecordMetadata written, @Nullable Fault fault) {
        sending(lane, false);
        if (ended) {
            return;
        }
        if (written != null) {
            if (settings.parks()) {
                lane.key().ifPresent(key -> parked.add(key, new LetterPlace(written.partition(), written.offset())));
            }
            if (!Fault.BEHIND.equals(why)) {
                letterLog.warn(
                        "The " + entry.event + " is a dead letter in topic '" + written.topic() + "': " + why.reason());
            }
            done(lane, entry, Outcome.DEAD_LETTERED);
        } else {
            noLetter(lane, entry, why, fault == null ? Fault.passing("Kafka gave no reason") : fault);
        }
        step(lane);
    }

    private void noLetter(Lane lane, Entry entry, Fault why, Fault fault) {
        boolean over = settings.retryFor()
                .filter(bound -> entry.letterTriedForNanos() >= Math.min(bound.toNanos(), LETTER_LIMIT.toNanos()))
                .isPresent();
        if (entry.isDrained()) {
            putBack(lane, fault);
        } else if (over && keeper.isPresent()) {
            hand(lane, Optional.empty());
        } else if (over) {
            String told =
                    "neither its topic nor the dead-letter topic took it. " + why.reason() + ". " + fault.reason();
            lane.remove(entry);
            fail(entry, told);
        } else {
            failed(lane, entry.letterTried(), fault);
        }
    }

    /** Has the lane's first event tried again later, or its events kept. */
    private void failed(Lane lane, int times, Fault fault) {
        if (spilling && keeper.isPresent()) {
            hand(lane, Optional.empty());
            return;
        }
        if (times == 1) {
            LOG.debug("An event of {} is tried again: {}", lane.key(), fault.reason());
        }
        await(lane, Backoff.nanos(times));
    }

    private void await(Lane lane, long nanos) {
        lanes.await(lane, nanos, () -> step(lane));
    }

    /** Returns how many keys wait to be tried again. Any thread. */
    int retrying() {
        return lanes.waiting();
    }

    /** Has all that waits tried at once. */
    void tryAgain() {
        for (Lane lane : lanes.all()) {
            if (lanes.awake(lane)) {
                step(lane);
            }
        }
    }

    /** Has what waits, and what fails from now on, kept in the table. */
    void spill() {
        if (keeper.isEmpty()) {
            return;
        }
        spilling = true;
        for (Lane lane : lanes.all()) {
            if (lanes.awake(lane)) {
                hand(lane, Optional.empty());
            }
        }
    }

    /**
     * Gives a lane's published events to the table.
     *
     * @param unlessFree the key's hash, if they are to be sent after all where it has no rows; empty if they failed
     */
    private void hand(Lane lane, Optional<String> unlessFree) {
        List<Entry> entries = lane.firstPublished();
        lane.handing = true;
        keeper.orElseThrow()
                .keep(new Keeper.Order(
                        entries, unlessFree, result -> loop.execute(() -> handed(lane, entries, result))));
    }

    private void handed(Lane lane, List<Entry> entries, Keeper.Result result) {
        lane.handing = false;
        if (ended) {
            return;
        }
        lane.failedHands = result == Keeper.Result.FAILED ? lane.failedHands + 1 : 0;
        switch (result) {
            case KEPT -> {
                kept.kept(lane);
                entries.forEach(entry -> done(lane, entry, Outcome.KEPT));
            }
            case FREE -> kept.free(lane);
            case FAILED -> {
                // its commit may have been done: then rows of the key are in the table, and go first
                kept.unsure(lane);
                entries.get(0).startOver();
                await(lane, Backoff.nanos(lane.failedHands));
            }
        }
        step(lane);
    }

    private void putBack(Lane lane, Fault fault) {
        FreshetException why =
                fault.lasts() ? new FreshetException(fault.reason()) : new RetriableException(fault.reason());
        lane.removeDrained().forEach(entry -> entry.outcome.completeExceptionally(why));
    }

    private void done(Lane lane, Entry entry, Outcome outcome) {
        lane.remove(entry);
        completions.done(entry, outcome);
        left(entry);
    }

    private void fail(Entry entry, String why) {
        FreshetException e = notSent(entry, why);
        failureLog.warn(String.valueOf(e.getMessage()));
        completions.failed(entry, e);
        left(entry);
    }

    /** Fails an event that was committed after the publisher had closed. Any thread. */
    void tooLate(Entry entry) {
        completions.failed(entry, notSent(entry, "the publisher is closed"));
    }

    private FreshetException notSent(Entry entry, String why) {
        return new FreshetException("The " + entry.event + " for topic '" + entry.topic + "' was not sent by source '"
                + settings.source() + "': " + why + ". Publish it again with the same id");
    }

    private void left(Entry entry) {
        open -= entry.isDrained() ? 0 : 1;
        if (closing && open == 0) {
            empty.complete(true);
        }
    }

    /** Begins to close. Completes once nothing is left. */
    CompletableFuture<Boolean> close() {
        loop.execute(() -> {
            closing = true;
            if (open == 0) {
                empty.complete(true);
            }
        });
        return empty;
    }

    /** Has what Kafka has not taken yet kept: gives up what is on its way to it, and what waits. */
    void cutOff() {
        sender.abort();
        spill();
    }

    /** Fails what is left, and returns it. */
    List<Entry> abandon(String why) {
        ended = true;
        kept.end();
        List<Entry> left = new ArrayList<>();
        for (Lane lane : lanes.all()) {
            putBack(lane, Fault.passing(why));
            left.addAll(lane.published());
        }
        left.forEach(entry -> fail(entry, why));
        lanes.clear();
        return left;
    }
}
