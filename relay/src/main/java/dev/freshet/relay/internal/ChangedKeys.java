package dev.freshet.relay.internal;

import dev.freshet.capture.WindowRows;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys that the log has changed since a window's low watermark. Belongs to the relay's thread. */
final class ChangedKeys {
    /** How many are noted at most while a window is read; then the log waits for the reading. */
    static final int LIMIT = 200_000;

    private final Set<ByteBuffer> keys = new HashSet<>();

    void add(byte[] key) {
        keys.add(ByteBuffer.wrap(key));
    }

    boolean areTooMany() {
        return keys.size() >= LIMIT;
    }

    /** Takes the rows away of which the log has a record of its own, and forgets the keys. */
    void dropFrom(List<WindowRows.Row> rows) {
        if (!keys.isEmpty()) {
            rows.removeIf(r -> keys.contains(ByteBuffer.wrap(r.key())));
            keys.clear();
        }
    }

    void clear() {
        keys.clear();
    }
}
