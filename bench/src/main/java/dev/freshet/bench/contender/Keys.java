package dev.freshet.bench.contender;

/** The names of the settings that contenders are given. */
public final class Keys {
    /** Kafka's {@code bootstrap.servers}. */
    public static final String KAFKA = "kafka";
    /** The topic to write to or read from. */
    public static final String TOPIC = "topic";
    /** The JDBC URL of the database that is captured. */
    public static final String SOURCE_URL = "source.url";
    /** The superuser of the database that is captured. */
    public static final String SOURCE_USER = "source.user";
    /** The password of that user. */
    public static final String SOURCE_PASSWORD = "source.password";
    /** The JDBC URL of the database that holds the copy. */
    public static final String TARGET_URL = "target.url";
    /** The superuser of the database that holds the copy. */
    public static final String TARGET_USER = "target.user";
    /** The password of that user. */
    public static final String TARGET_PASSWORD = "target.password";
    /** The table of the copy. */
    public static final String COPY = "copy";
    /** The table that is captured, without its schema. */
    public static final String TABLE = "table";
    /** The publication to read. */
    public static final String PUBLICATION = "publication";
    /** The replication slot. */
    public static final String SLOT = "slot";
    /** The first id of the rows that are counted. */
    public static final String FIRST = "first";
    /** The last id of the rows that are counted. */
    public static final String LAST = "last";
    /** How many transactions a second are to be written; 0 for none. */
    public static final String RATE = "rate";
    /** The topic whose records are sent. */
    public static final String RECORDS = "records";
    /** Whether what is read goes to the topic as well. */
    public static final String PRODUCE = "produce";
    /** Whether the table's present content is wanted rather than its changes. */
    public static final String SNAPSHOT = "snapshot";
    /** A file: of rows as {@code COPY} writes them, or for a contender's own state. */
    public static final String FILE = "file";

    private Keys() {}
}
