package dev.freshet.relay.port;

import dev.freshet.model.RetriableException;
import org.jspecify.annotations.Nullable;

/** One topic refuses records, while the others may well take theirs. */
public class StreamWriteException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final boolean lasting;

    /**
     * Creates the exception.
     *
     * @param topic the topic
     * @param lasting whether the same record will be refused again whatever happens, such as one that is too large, or
     *     the topic is no longer what was written to
     * @param message what was refused and why
     * @param cause what the cluster said; null if its answer alone tells
     */
    public StreamWriteException(String topic, boolean lasting, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.topic = topic;
        this.lasting = lasting;
    }

    /** Returns the topic. */
    public String topic() {
        return topic;
    }

    /** Returns whether the same record will be refused again whatever happens. */
    public boolean lasting() {
        return lasting;
    }
}
