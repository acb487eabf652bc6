package dev.freshet.capture.polling;

import dev.freshet.capture.polling.PolledSession.Head;
import dev.freshet.capture.polling.PolledSession.Look;
import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives rows their numbers, round by round, in an order in which no row is passed over and none stands before another whose
 * transaction had to wait for its own. Belongs to the log's thread, whose session holds the lock.
 *
 * <p>Implementation note. The order of a round is what everything rests on: ask who writes; look at the rows above the last seq;
 * only then look into the gaps. A row in a gap that committed before a row above was begun is so found in the same round, and
 * stands before it. A gap is given up only if the look into it began after the answer that nobody is left who could fill it. The
 * numbers are durable before a row leaves.
 */
final class Numbering {
    private static final int RUNS_AT_ONCE = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Numbering.class);

    /** How often it is asked who writes, while there are gaps. */
    private static final Duration QUESTION_INTERVAL = Duration.ofMillis(250);

    /** How long a full set of gaps is waited for. */
    private static final Duration GAP_PATIENCE = Duration.ofSeconds(10);

    private final PollingSettings settings;
    private final PollingRuntime runtime;
    private final Progress progress;
    private final Gaps gaps = new Gaps();
    private long next;
    private long high;
    private long nextQuestionNanos;
    private long fullSinceNanos = -1;

    private Numbering(PollingSettings settings, PollingRuntime runtime, Progress progress, State state) {
        this.settings = settings;
        this.runtime = runtime;
        this.progress = progress;
        this.next = state.next();
        this.high = state.high();
        this.nextQuestionNanos = runtime.nanoTime();
    }

    /** Goes on where the last one stopped; what it knew of gaps is found again. */
    static Numbering resume(
            PollingSettings settings, PollingRuntime runtime, Progress progress, State state, PolledSession session) {
        Numbering numbering = new Numbering(settings, runtime, progress, state);
        long from = state.settled() + 1;
        List<Run> runs;
        do {
            runs = session.runsAbove(from - 1, RUNS_AT_ONCE);
            long to = runs.size() < RUNS_AT_ONCE
                    ? state.high()
                    : runs.get(runs.size() - 1).last();
            numbering.gaps.addBetween(from, runs, to);
            from = to + 1;
        } while (runs.size() == RUNS_AT_ONCE);
        return numbering;
    }

    /**
     * What a round has numbered.
     *
     * @param run the rows
     * @param heads the same, without their content
     */
    record Numbered(NumberedRun run, List<Head> heads) {}

    /** Returns the next number. */
    long next() {
        return next;
    }

    /** Returns up to which seq nothing can come any more. */
    long settled() {
        return gaps.settled(high);
    }

    /** Returns whether rows may come below the last one that was seen. */
    boolean hasGaps() {
        return !gaps.isEmpty();
    }

    /** Returns how many ranges of them there are. */
    int gaps() {
        return gaps.size();
    }

    /**
     * Does a round.
     *
     * @return what it has numbered, in the order of the numbers; empty if there is nothing new
     * @throws RetriableException if too many gaps wait for the end of transactions, for long
     */
    List<Numbered> round(PolledSession session) {
        long startedNanos = runtime.nanoTime();
        askWhoWrites(session);
        boolean full = isFull();
        Look look = session.above(high, full ? 1 : settings.pageEvents());
        List<Head> fresh = full ? List.of() : look.heads();
        List<Head> late = lookInto(session, gaps.runs());
        boolean lateCut = late.size() == settings.pageEvents();
        gaps.found(runs(late));
        if (lateCut) {
            // the rest of them comes first: the next round looks at the rows above anew
            fresh = List.of();
        } else {
            gaps.bury();
        }
        if (!fresh.isEmpty()) {
            long upTo = fresh.get(fresh.size() - 1).seq();
            gaps.addBetween(high + 1, runs(fresh), upTo);
            high = upTo;
        }
        List<Numbered> numbered = new ArrayList<>();
        add(late, look.began(), numbered);
        add(fresh, look.began(), numbered);
        if (!numbered.isEmpty()) {
            session.add(numbered.stream().map(Numbered::run).toList(), high, settled());
            next = numbered.get(numbered.size() - 1).run().end();
        }
        if (!lateCut && fresh.size() == look.heads().size() && fresh.size() < settings.pageEvents()) {
            progress.passed(startedNanos, look.began(), next);
        }
        return numbered;
    }

    /**
     * Returns the rows in the gaps, in the order of their seq, at most a page: the later ones are left out.
     *
     * <p>Implementation note. The last ranges are looked at first: what commits between two looks is then missed by its later rows
     * and not by its earlier ones, which come before them.
     */
    private List<Head> lookInto(PolledSession session, List<Run> ranges) {
        List<Head> found = new ArrayList<>();
        int most = settings.pageEvents();
        for (int to = ranges.size(); to > 0; to -= session.rangesAtOnce()) {
            List<Head> earlier =
                    new ArrayList<>(session.in(ranges.subList(Math.max(0, to - session.rangesAtOnce()), to), most));
            earlier.addAll(found);
            found = earlier.size() > most ? new ArrayList<>(earlier.subList(0, most)) : earlier;
        }
        return found;
    }

    private void askWhoWrites(PolledSession session) {
        long now = runtime.nanoTime();
        if (gaps.isEmpty() || now - nextQuestionNanos < 0) {
            return;
        }
        nextQuestionNanos = now + QUESTION_INTERVAL.toNanos();
        Optional<List<Writer>> writers = session.writers();
        writers.ifPresent(gaps::answered);
    }

    private boolean isFull() {
        if (gaps.size() <= settings.mostGaps()) {
            fullSinceNanos = -1;
            return false;
        }
        long now = runtime.nanoTime();
        if (fullSinceNanos < 0) {
            fullSinceNanos = now;
            LOG.warn(
                    "Source {}: {} gaps in the numbers of {} wait for the end of transactions; no new rows are sent until some"
                            + " have ended",
                    settings.source(),
                    gaps.size(),
                    settings.table());
        } else if (now - fullSinceNanos > GAP_PATIENCE.toNanos()) {
            throw new RetriableException("Source '" + settings.source() + "': " + gaps.size() + " gaps in the seq of "
                    + settings.table() + " (" + settings.mostGaps() + " are allowed) wait for the end of "
                    + gaps.awaited() + ", so that no new rows are sent. End these transactions; Freshet tries again");
        }
        return true;
    }

    private static List<Run> runs(List<Head> heads) {
        return Run.of(heads.stream().map(Head::seq).toList());
    }

    private void add(List<Head> heads, long numberedAt, List<Numbered> to) {
        long number = to.isEmpty() ? next : to.get(to.size() - 1).run().end();
        int at = 0;
        for (Run run : runs(heads)) {
            int end = at + Math.toIntExact(run.size());
            to.add(new Numbered(new NumberedRun(number, run, numberedAt), heads.subList(at, end)));
            number += run.size();
            at = end;
        }
    }
}
