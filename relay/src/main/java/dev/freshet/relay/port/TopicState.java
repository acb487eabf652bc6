package dev.freshet.relay.port;

import dev.freshet.model.ledger.OffsetVector;
import java.util.List;

/**
 * A stream's topic as it is at one moment.
 *
 * @param info its identity
 * @param begins by partition, the offset of its first record, or its end if it has none
 * @param ends by partition, the offset behind its last record, decided or not
 * @param contradictions every setting that contradicts the stream's: a sentence with both values and the way out
 */
public record TopicState(TopicInfo info, OffsetVector begins, OffsetVector ends, List<String> contradictions) {
    /** Copies the list. */
    public TopicState {
        contradictions = List.copyOf(contradictions);
    }
}
