package dev.freshet.relay.internal;

import dev.freshet.model.DurationText;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.port.StreamWriteException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which topics have refused records of their streams, across the relay's take-overs. Belongs to the relay's thread.
 *
 * <p>Implementation note. A damage belongs to the topic's id: whoever leads meanwhile, it stays one, and it says nothing of a
 * topic that was made since. Any other refusal counts from one try to the next of the same relay, so it is void once another
 * relay has written; the ledger tells that, while a slot in use may be our own connection that has not ended yet.
 */
final class Refusals {
    private final RelaySettings settings;
    private final InstantSource clock;
    private final Map<String, Refusal> byStream = new HashMap<>();
    private String foundLast = "";
    private String ownLast = "";

    Refusals(RelaySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Takes note that a stream's topic did not take its records. */
    void refused(StreamEntry stream, StreamWriteException refused) {
        Instant now = clock.instant();
        String reason = String.valueOf(refused.getMessage());
        if (refused.kind() == StreamWriteException.Kind.LASTING) {
            byStream.put(stream.stream(), new Refusal(stream.topicId(), now, false, reason));
        } else {
            String text = "The topic has refused records for more than "
                    + DurationText.of(settings.streamRetryLimit()) + " (sources." + settings.source()
                    + ".limits.retry-timeout): " + reason;
            byStream.putIfAbsent(
                    stream.stream(), new Refusal(stream.topicId(), now.plus(settings.streamRetryLimit()), false, text));
        }
    }

    /** Takes note that a stream's topic is no longer what was written to. */
    void damaged(StreamEntry stream, String reason) {
        byStream.put(stream.stream(), new Refusal(stream.topicId(), clock.instant(), true, reason));
    }

    /** Takes note that the topics of these streams took records. */
    void taken(Set<String> streams) {
        byStream.keySet().removeAll(streams);
    }

    /**
     * Takes note of a take-over.
     *
     * @param found what the ledger says before it; null if it says nothing
     * @param incarnation under which this relay is going to write
     */
    void takenOver(@Nullable Cursor found, String incarnation) {
        String last = found == null ? "" : found.incarnation();
        if (!last.equals(foundLast) && !last.equals(ownLast)) {
            byStream.values().removeIf(r -> !r.damaged());
        }
        foundLast = last;
        ownLast = incarnation;
    }

    /** Returns the refusal of a stream's topic; null if there is none, or it was another topic's. */
    @Nullable
    Refusal of(StreamEntry stream) {
        Refusal refusal = byStream.get(stream.stream());
        return refusal == null || !refusal.topicId().equals(stream.topicId()) ? null : refusal;
    }

    /** Takes note that a stream begins anew. */
    void begun(String stream) {
        byStream.remove(stream);
    }
}
