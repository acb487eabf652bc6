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
    private final transient @Nullable Fault fault;

    /**
     * What is the matter with the record itself.
     *
     * @param code what the database calls its refusal, such as an SQLSTATE; null if the record could not be decoded
     */
    public record Fault(@Nullable String code) {
        /** The record is not what its schema describes. */
        public static final Fault UNDECODABLE = new Fault(null);
    }

    /**
     * Creates the exception of a record that is not at fault itself, as far as is known.
     *
     * @param partition where the record stands
     * @param offset its offset
     * @param reason why, without its data
     * @param cause what lies behind it
     */
    public RecordException(Partition partition, long offset, String reason, @Nullable Throwable cause) {
        this(partition, offset, reason, null, cause);
    }

    /**
     * Creates the exception.
     *
     * @param partition where the record stands
     * @param offset its offset
     * @param reason why, without its data
     * @param fault what is the matter with the record itself; null if its schema, its table or something else is at fault
     * @param cause what lies behind it
     */
    public RecordException(
            Partition partition, long offset, String reason, @Nullable Fault fault, @Nullable Throwable cause) {
        super("Record " + partition + '@' + offset + " cannot be applied: " + reason, cause);
        this.partition = partition;
        this.offset = offset;
        this.reason = reason;
        this.fault = fault;
    }

    /** Returns the exception of a record that is not what its schema describes. */
    public static RecordException undecodable(StreamRecord record, Exception cause) {
        return new RecordException(
                record.partition(), record.offset(), String.valueOf(cause.getMessage()), Fault.UNDECODABLE, cause);
    }

    /** Returns the exception of the only record of what the database has refused. */
    public static RecordException refused(StreamRecord record, StoreException cause) {
        boolean ofTheRow = cause.kind() == StoreException.Kind.ROW_REFUSED;
        return new RecordException(
                record.partition(),
                record.offset(),
                cause.shown() + (ofTheRow ? ": alter the copy's table so that it takes the row" : ""),
                ofTheRow ? new Fault(cause.code()) : null,
                cause);
    }

    /** Creates the exception of a record that is not at fault itself, as far as is known. */
    public RecordException(StreamRecord record, String reason, @Nullable Throwable cause) {
        this(record.partition(), record.offset(), reason, cause);
    }

    /** Returns whether the record waits for its table's lock alone, as others of its topic may do as well. */
    public boolean isTableLocked() {
        return getCause() instanceof TableLockedException;
    }

    /** Returns where the record stands. */
    public Partition partition() {
        return partition;
    }

    /** Returns its offset. */
    public long offset() {
        return offset;
    }

    /** Returns what is the matter with the record itself; null if its schema, its table or something else is at fault. */
    public @Nullable Fault fault() {
        return fault;
    }

    /** Returns why it cannot be applied. */
    public String reason() {
        return reason;
    }
}
