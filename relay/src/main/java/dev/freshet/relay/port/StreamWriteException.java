package dev.freshet.relay.port;

import dev.freshet.model.RetriableException;

/** One topic refuses records, while the others may well take theirs. */
public class StreamWriteException extends RetriableException {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final boolean lasting;

    /**
     * Creates the exception.
     *
     * @param topic the topic
     * @param lasting whether the same record will be refused again whatever happens, such as one that is too large
     * @param message what was refused and why
     * @param cause what the cluster said
     */
    public StreamWriteException(String topic, boolean lasting, String message, Throwable cause) {
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
