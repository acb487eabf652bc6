package dev.freshet.replica.agent;

import java.time.Instant;
import java.util.Map;

/**
 * What the brokers said last of the ids of the replica's topics.
 *
 * @param askedAt a time before they were asked
 * @param ids by topic; one that does not exist is missing
 */
record TopicIds(Instant askedAt, Map<String, String> ids) {
    /** Copies the ids. */
    TopicIds {
        ids = Map.copyOf(ids);
    }
}
