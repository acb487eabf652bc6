package dev.freshet.relay.port;

import dev.freshet.model.RetriableException;
import java.util.Map;

/** Topics are no longer what was written to: what they had may be gone. The others take their records after a new attempt. */
public class TopicsDamagedException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> byTopic;

    /**
     * Creates the exception.
     *
     * @param byTopic what has happened to each, without a full stop; not empty
     */
    public TopicsDamagedException(Map<String, String> byTopic) {
        super(String.join(". ", byTopic.values()));
        this.byTopic = Map.copyOf(byTopic);
    }

    /** Returns by topic what has happened to it, without a full stop. */
    public Map<String, String> byTopic() {
        return byTopic;
    }
}
