package dev.freshet.replica.apply;

import dev.freshet.model.FreshetException;
import dev.freshet.stream.StreamRecord;
import org.jspecify.annotations.Nullable;

/** A record that cannot be applied. The message has its coordinates and the reason, and none of its data. */
public final class RecordException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final transient StreamRecord record;
    private final String reason;

    /**
     * Creates the exception.
     *
     * @param record the record
     * @param reason why, without its data
     * @param cause what lies behind it
     */
    public RecordException(StreamRecord record, String reason, @Nullable Throwable cause) {
        super("Record " + record.coordinates() + " cannot be applied: " + reason, cause);
        this.record = record;
        this.reason = reason;
    }

    /** Returns the record. */
    public StreamRecord record() {
        return record;
    }

    /** Returns why it cannot be applied. */
    public String reason() {
        return reason;
    }
}
