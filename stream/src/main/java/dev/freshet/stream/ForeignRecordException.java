package dev.freshet.stream;

import dev.freshet.model.FreshetException;
import org.jspecify.annotations.Nullable;

/** A record on a state stream that no relay of Freshet wrote, or that was damaged. The reader stops before it. */
public final class ForeignRecordException extends FreshetException {
    private static final long serialVersionUID = 1L;

    private final transient Partition partition;
    private final long offset;

    /**
     * Creates the exception.
     *
     * @param partition where the record stands
     * @param offset its offset
     * @param problem what it lacks, such as {@code has no header 'freshet-position'}
     * @param cause what lies behind it
     */
    public ForeignRecordException(Partition partition, long offset, String problem, @Nullable Throwable cause) {
        super(
                "The record " + partition + '@' + offset + " " + problem
                        + ": no relay of Freshet wrote it. Freshet stopped before it."
                        + " Only the relay may write to the topic of a state stream (take the write permission from"
                        + " everybody else); then run 'freshet remove stream' with its stream's name"
                        + " to begin it anew",
                cause);
        this.partition = partition;
        this.offset = offset;
    }

    /** Returns where the record stands. */
    public Partition partition() {
        return partition;
    }

    /** Returns its offset. */
    public long offset() {
        return offset;
    }
}
