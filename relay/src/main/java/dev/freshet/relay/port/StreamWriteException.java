package dev.freshet.relay.port;

import dev.freshet.model.RetriableException;
import org.jspecify.annotations.Nullable;

/** One topic refuses records, while the others may well take theirs. */
public class StreamWriteException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final Kind kind;

    /** What the refusal says of later attempts. */
    public enum Kind {
        /** The same record may be taken later. */
        PASSING,
        /** The same record will be refused again whatever happens, such as one that is too large. */
        LASTING
    }

    /**
     * Creates the exception.
     *
     * @param topic the topic
     * @param kind what the refusal says of later attempts
     * @param message what was refused and why
     * @param cause what the cluster said
     */
    public StreamWriteException(String topic, Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.topic = topic;
        this.kind = kind;
    }

    /** Returns the topic. */
    public String topic() {
        return topic;
    }

    /** Returns what the refusal says of later attempts. */
    public Kind kind() {
        return kind;
    }
}
