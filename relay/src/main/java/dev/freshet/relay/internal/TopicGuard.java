package dev.freshet.relay.internal;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DurationText;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicState;
import dev.freshet.relay.port.TopicStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Judges what looks at the topics give, at a take-over and beside the leading relay alike: which damage is certain, and
 * which is only a doubt yet. Remembers across take-overs. Belongs to the relay's thread.
 *
 * <p>Implementation note. A stream that is broken by mistake has to be begun anew, so what a lagging broker may say in error
 * counts only when every look of some time says so, and some looks at least. Nothing is lost meanwhile: a write below what is known to be written is
 * given up at once, whatever the looks say.
 */
final class TopicGuard {
    /** What no look has confirmed for so long, since none got an answer, is doubted anew. */
    private static final Duration REPEATED_WITHIN = Duration.ofMinutes(1);

    /**
     * So many looks one after the other must say so at least, however much time lies between them: a process that stood still
     * meanwhile may find an answer that has waited for it.
     */
    private static final int LEAST_LOOKS = 3;

    private final RelaySettings settings;
    private final InstantSource clock;
    private final Map<String, Doubt> doubts = new HashMap<>();
    private @Nullable TopicInfo ledger;

    /**
     * A doubt that was not dispelled.
     *
     * @param since when a look first gave cause for it
     * @param last when a look last did
     * @param looks how many looks did
     */
    private record Doubt(Instant since, Instant last, int looks) {
        Doubt again(Instant now) {
            return new Doubt(since, now, looks + 1);
        }
    }

    TopicGuard(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Takes note of what a look gave for a topic.
     *
     * @param trouble what seems wrong; null if nothing
     * @return whether it is so for certain
     */
    boolean isCertain(String topic, @Nullable TopicTrouble trouble) {
        if (trouble == null) {
            doubts.remove(topic);
            return false;
        }
        Instant now = clock.instant();
        Doubt before = doubts.get(topic);
        Doubt doubt = before != null && now.isBefore(before.last().plus(REPEATED_WITHIN))
                ? before.again(now)
                : new Doubt(now, now, 1);
        doubts.put(topic, doubt);
        return !trouble.mayBeError()
                || (doubt.looks() >= LEAST_LOOKS && !now.isBefore(doubt.since().plus(settings.topicDoubtLimit())));
    }

    /** Takes note that nothing is held against a topic, which is whole or made now. */
    void whole(String topic) {
        doubts.remove(topic);
    }

    /** Returns whether something that may be an error is held against the ledger or the topic of one of these streams. */
    boolean isInDoubt(Collection<StreamEntry> streams) {
        return doubts.containsKey(settings.ledger())
                || streams.stream().anyMatch(e -> e.status().isClaimed() && doubts.containsKey(e.topic()));
    }

    /** Returns what to throw while a take-over waits for doubts to become certain or to go. */
    RetriableException inDoubt(Collection<TopicTrouble> troubles) {
        String texts = troubles.stream().map(TopicTrouble::text).collect(Collectors.joining(". "));
        return new RetriableException(texts + ", as it seems: source '" + settings.source()
                + "' waits until every answer of Kafka has said so for "
                + DurationText.of(settings.topicDoubtLimit()) + " (sources." + settings.source()
                + ".limits.topic-doubt-timeout)");
    }

    /**
     * Sees to it that the ledger is there, and is the one that this relay has written to; makes it if it never did.
     *
     * @param seen its topic; null if there is none
     * @throws LedgerLostException if it is another one for certain
     */
    void requireLedger(@Nullable TopicState seen, TopicStore store) {
        if (ledger != null) {
            requireSame(ledger, seen, true);
        } else if (seen == null) {
            ledger = store.createLedger();
            return;
        } else {
            requireSame(seen.info(), seen, true);
        }
        if (seen != null && !seen.contradictions().isEmpty()) {
            throw new ConfigurationException(String.join("\n", seen.contradictions()));
        }
        ledger = seen == null ? ledger : seen.info();
    }

    /**
     * Compares the leading relay's ledger with what it was.
     *
     * @throws LedgerLostException if it is another one for certain
     */
    void watchLedger(@Nullable TopicState seen) {
        if (ledger != null) {
            requireSame(ledger, seen, false);
        }
    }

    private void requireSame(TopicInfo known, @Nullable TopicState seen, boolean waiting) {
        TopicTrouble trouble = TopicTrouble.of(known, seen, null, false);
        if (isCertain(known.topic(), trouble) && trouble != null) {
            throw new LedgerLostException(settings, trouble.text());
        }
        if (trouble != null && waiting) {
            throw inDoubt(List.of(trouble));
        }
    }

    /** Takes note that another relay leads: which ledger is the source's, and what of its topics, is for that one to say. */
    void standBy() {
        ledger = null;
        doubts.clear();
    }
}
