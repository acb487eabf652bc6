package dev.freshet.replica.port;

import dev.freshet.model.FreshetException;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import org.jspecify.annotations.Nullable;

/** A record that cannot be applied. The message has its coordinates and the reason, and none of its data. */
public final class RecordException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final transient Partition partition;
    private final long offset;
    private final String reason;

    /**
     * Creates the exception.
     *
     * @param partition where the record stands
     * @param offset its offset
     * @param reason why, without its data
     * @param cause what lies behind it
     */
    public RecordException(Partition partition, long offset, String reason, @Nullable Throwable cause) {
        super("Record " + partition + '@' + offset + " cannot be applied: " + reason, cause);
        this.partition = partition;
        this.offset = offset;
        this.reason = reason;
    }

    /** Creates the exception of a record. */
    public RecordException(StreamRecord record, String reason, @Nullable Throwable cause) {
        this(record.partition(), record.offset(), reason, cause);
    }

    /** Returns where the record stands. */
    public Partition partition() {
        return partition;
    }

    /** Returns its offset. */
    public long offset() {
        return offset;
    }

    /** Returns why it cannot be applied. */
    public String reason() {
        return reason;
    }
}
