package dev.freshet.model;

/**
 * The names of the headers that Freshet writes beside a record's plain payload. The {@code ce_} ones are CloudEvents 1.0
 * in Kafka's binary mode (CloudEvents, Kafka protocol binding, section 3.2).
 */
public final class RecordHeaders {
    /** CloudEvents version, always {@value #SPEC_VERSION_VALUE}. */
    public static final String SPEC_VERSION = "ce_specversion";

    /** The value of {@link #SPEC_VERSION}. */
    public static final String SPEC_VERSION_VALUE = "1.0";

    /** Unique per source: the position's text for a captured row, the event's own id for an outbox event. */
    public static final String ID = "ce_id";

    /** The kind of event: the stream's name and {@link #TYPE_SUFFIX} for a captured row. */
    public static final String TYPE = "ce_type";

    /** The end of a captured row's {@link #TYPE}. */
    public static final String TYPE_SUFFIX = ".changed";

    /** The source: {@code /freshet/<source>}. */
    public static final String SOURCE = "ce_source";

    /** When the source committed, an RFC 3339 instant. */
    public static final String TIME = "ce_time";

    /** The payload's media type, {@code application/json}; absent on a delete. */
    public static final String CONTENT_TYPE = "content-type";

    /** The change's {@link Position} as text. */
    public static final String POSITION = "freshet-position";

    /** The change's {@link Op} code. */
    public static final String OP = "freshet-op";

    /** The version of the {@link SchemaRecord} that describes the value. */
    public static final String SCHEMA = "freshet-schema";

    /**
     * Present (value {@code 1}) when a value that the log did not hold was read from the table, so that the record may
     * be newer than its position; a later record of the key follows in that case.
     */
    public static final String READ_BACK = "freshet-read-back";

    private RecordHeaders() {}
}
