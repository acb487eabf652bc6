package dev.freshet.relay.internal;

import dev.freshet.model.ledger.EpochRecord;
import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How soon a source begins anew by itself after a loss: at once after the first of a day, then the later the more there were. A URL
 * that leads to two servers by turns would else have all tables read anew without an end.
 */
final class LossPace {
    /** How long an epoch counts. */
    static final Duration WINDOW = Duration.ofDays(1);

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 20;

    private final RelaySettings settings;
    private final List<EpochRecord> recent;

    /**
     * Creates it.
     *
     * @param epochs the source's epochs, of which all but the first began with a loss
     */
    LossPace(RelaySettings settings, Collection<EpochRecord> epochs, Instant now) {
        this.settings = settings;
        this.recent = epochs.stream()
                .filter(e ->
                        e.epoch() > SourceBeginning.FIRST_EPOCH && e.startedAt().isAfter(now.minus(WINDOW)))
                .sorted(Comparator.comparingInt(EpochRecord::epoch))
                .toList();
    }

    /**
     * Looks whether the source may begin anew by itself.
     *
     * @throws RepeatedLossException if it has to wait
     */
    void requireNotTooSoon(Instant now) {
        if (recent.isEmpty()) {
            return;
        }
        Duration wait = settings.lossPause().multipliedBy(1L << Math.min(recent.size() - 1, MOST_DOUBLINGS));
        Instant until = last().startedAt().plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
        if (now.isBefore(until)) {
            throw new RepeatedLossException(
                    told() + ", and has lost its log again. It begins anew by itself at " + until
                            + " at the earliest; 'freshet" + " resnapshot --source " + settings.source()
                            + "' has it begin before",
                    until);
        }
    }

    /** Returns what needs a person although the source goes on: it has begun anew more than once of late; null if it has not. */
    @Nullable
    String alarm() {
        return recent.size() < 2 ? null : told();
    }

    /** Returns when {@link #alarm} has passed. */
    Instant alarmEnds() {
        return recent.size() < 2
                ? Instant.MIN
                : recent.get(recent.size() - 2).startedAt().plus(WINDOW);
    }

    private EpochRecord last() {
        return recent.get(recent.size() - 1);
    }

    private String told() {
        return "Source '" + settings.source() + "' has begun anew "
                + (recent.size() == 1 ? "once" : recent.size() + " times")
                + " since " + recent.get(0).startedAt() + ", the last time at " + last().startedAt() + " since: "
                + last().reason() + ". See whether sources." + settings.source() + ".url leads to one server only";
    }
}
