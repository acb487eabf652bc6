package dev.freshet.relay.internal;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.TopicState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a take-over finds of its streams' topics. It looks before anything of the source is made or dropped, since a topic that is
 * in doubt or does not fit has the take-over tried again.
 */
final class TopicFindings {
    private final RelaySettings settings;
    private final TopicGuard guard;
    private final Refusals refusals;
    private final Map<String, TopicState> states;
    private final Map<String, String> damages = new HashMap<>();

    /**
     * Prepares it.
     *
     * @param states by stream the topics that exist, looked at after all other writers were fenced
     */
    TopicFindings(RelaySettings settings, TopicGuard guard, Refusals refusals, Map<String, TopicState> states) {
        this.settings = settings;
        this.guard = guard;
        this.refusals = refusals;
        this.states = states;
    }

    /**
     * Looks at all topics; a look counts once.
     *
     * @param known the streams that the ledger knows, as they go on
     * @param offsets the ends of their topics at the last boundary
     * @param captured the streams that can be begun
     * @return by stream what has become of the topic that it was written to, where that is not as it was
     * @throws ConfigurationException if a topic cannot be used as it is
     * @throws dev.freshet.model.RetriableException while it is in doubt whether a topic is as it was
     */
    Map<String, String> look(Map<String, StreamEntry> known, Map<String, OffsetVector> offsets, Set<String> captured) {
        List<TopicTrouble> doubts = new ArrayList<>();
        for (StreamSettings s : settings.streams()) {
            StreamEntry entry = known.get(s.name());
            if (entry != null && entry.topic().equals(s.topic())) {
                judge(entry, offsets.get(s.topic()), doubts);
            }
        }
        if (!doubts.isEmpty()) {
            throw guard.inDoubt(doubts);
        }
        List<String> problems = new ArrayList<>();
        for (StreamSettings s : settings.streams()) {
            requireFits(s, known.get(s.name()), captured, problems);
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(String.join("\n", problems));
        }
        return damages;
    }

    /** @param doubts takes what may be an error; all streams are judged first, so that their doubts take their time together */
    private void judge(StreamEntry known, @Nullable OffsetVector vector, List<TopicTrouble> doubts) {
        TopicTrouble trouble = TopicTrouble.of(known, states.get(known.stream()), vector);
        Refusal refusal = refusals.of(known);
        if (trouble != null) {
            boolean certain = !known.status().isClaimed() || guard.isCertain(known.topic(), trouble);
            if (!certain && (refusal == null || !refusal.damaged())) {
                doubts.add(trouble);
            }
            damages.put(known.stream(), trouble.text());
            return;
        }
        guard.whole(known.topic());
        if (refusal != null && refusal.damaged()) {
            damages.put(known.stream(), refusal.reason());
        }
    }

    private void requireFits(
            StreamSettings stream, @Nullable StreamEntry known, Set<String> captured, List<String> problems) {
        TopicState state = states.get(stream.name());
        if (state == null) {
            return;
        }
        // A known topic that is not as the ledger has it breaks its stream alone.
        if (known == null || (known.topic().equals(stream.topic()) && !damages.containsKey(stream.name()))) {
            problems.addAll(state.contradictions());
        }
        if (known == null && captured.contains(stream.name()) && hasRecords(state)) {
            problems.add(
                    "Topic '" + stream.topic() + "' of stream '" + stream.name() + "' has records that the ledger '"
                            + settings.ledger() + "' does not know: delete the topic, or name another with streams."
                            + stream.name() + ".topic");
        }
    }

    private static boolean hasRecords(TopicState state) {
        return Arrays.stream(state.ends().toArray()).anyMatch(end -> end > 0);
    }
}
