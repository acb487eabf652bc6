package dev.freshet.model.ledger;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The keys of the ledger's records, plain text. */
public final class LedgerKey {
    /** The key of the {@link Cursor}. */
    public static final String CURSOR = "cursor";

    /** Before {@link SchemaRecord}s: {@code schema/<stream>/<version>}. */
    public static final String SCHEMA = "schema/";

    /**
     * Before the text of the source's catalog entry under which a stream is captured: {@code catalog/<stream>}; its hash is
     * the stream's fingerprint.
     */
    public static final String CATALOG = "catalog/";

    /** Before {@link EpochRecord}s: {@code epoch/<n>}. */
    public static final String EPOCH = "epoch/";

    /** Before {@link TimelineRecord}s: {@code timeline/<n>}. */
    public static final String TIMELINE = "timeline/";

    /** Before {@link Boundary} records, one a minute: {@code history/<minute in UTC>}. */
    public static final String HISTORY = "history/";

    /**
     * Before {@link ParkedEvents}: {@code parked/<stream>} of a stream whose events wait all, {@code parked/<stream>/<key>} of
     * those of one key.
     */
    public static final String PARKED = "parked/";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);

    private LedgerKey() {}

    /** Returns the key of a schema record. */
    public static String schema(String stream, String version) {
        return SCHEMA + stream + '/' + version;
    }

    /** Returns the key of a stream's catalog text. */
    public static String catalog(String stream) {
        return CATALOG + stream;
    }

    /** Returns the key of a stream whose events are parked. */
    public static String parked(String stream) {
        return PARKED + stream;
    }

    /** Returns the key of parked events of a stream's key. */
    public static String parked(String stream, String key) {
        return PARKED + stream + '/' + key;
    }

    /** Returns the key of an epoch record. */
    public static String epoch(int epoch) {
        return EPOCH + epoch;
    }

    /** Returns the key of a timeline record. */
    public static String timeline(long timeline) {
        return TIMELINE + timeline;
    }

    /** Returns the key of the boundary of an instant's minute. */
    public static String history(Instant at) {
        return HISTORY + MINUTE.format(at);
    }
}
