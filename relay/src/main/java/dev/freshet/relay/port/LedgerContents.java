package dev.freshet.relay.port;

import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.EpochRecord;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.ParkedEvents;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.TimelineRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A ledger as read to its end: the newest value of each key. Belongs to one thread. */
public final class LedgerContents {
    private final Map<String, byte[]> records = new HashMap<>();
    private final long end;

    /**
     * Creates an empty ledger.
     *
     * @param end the offset up to which it is going to be read
     */
    public LedgerContents(long end) {
        this.end = end;
    }

    /** Takes a record; a null value takes the key away. */
    public void put(String key, byte @Nullable [] value) {
        if (value == null) {
            records.remove(key);
        } else {
            records.put(key, value);
        }
    }

    /** Returns the offset up to which it was read. */
    public long end() {
        return end;
    }

    /** Returns the cursor, or null if there is none yet. */
    public @Nullable Cursor cursor() {
        byte[] value = records.get(LedgerKey.CURSOR);
        return value == null ? null : LedgerCodec.decodeCursor(value);
    }

    /** Returns the catalog text of a stream, or null. */
    public @Nullable String catalog(String stream) {
        byte[] value = records.get(LedgerKey.catalog(stream));
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** Returns a schema of a stream, or null. */
    public @Nullable SchemaRecord schema(String stream, String version) {
        byte[] value = records.get(LedgerKey.schema(stream, version));
        return value == null ? null : LedgerCodec.decodeSchema(value);
    }

    /** Returns the timelines that were left, by their keys. */
    public Map<String, TimelineRecord> timelines() {
        return decoded(LedgerKey.TIMELINE, LedgerCodec::decodeTimeline);
    }

    /** Returns the epochs by their keys. */
    public Map<String, EpochRecord> epochs() {
        return decoded(LedgerKey.EPOCH, LedgerCodec::decodeEpoch);
    }

    /** Returns the parked events by their keys. */
    public Map<String, ParkedEvents> parked() {
        return decoded(LedgerKey.PARKED, LedgerCodec::decodeParked);
    }

    private <T> Map<String, T> decoded(String prefix, Function<byte[], T> decode) {
        Map<String, T> found = new TreeMap<>();
        keys(prefix).forEach(key -> found.put(key, decode.apply(Objects.requireNonNull(records.get(key)))));
        return found;
    }

    /** Returns the keys that begin so, sorted. */
    public Set<String> keys(String prefix) {
        Set<String> keys = new TreeSet<>();
        records.keySet().stream().filter(k -> k.startsWith(prefix)).forEach(keys::add);
        return keys;
    }
}
