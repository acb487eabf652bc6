package dev.freshet.stream;

import java.util.Map;

/**
 * What the brokers answered of topics, by name of those that exist.
 *
 * @param facts of those that were to be described
 * @param ids of all that were asked for
 */
public record TopicAnswers(Map<String, TopicFacts> facts, Map<String, String> ids) {
    /** Copies the maps. */
    public TopicAnswers {
        facts = Map.copyOf(facts);
        ids = Map.copyOf(ids);
    }
}
