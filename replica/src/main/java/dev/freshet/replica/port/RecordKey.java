package dev.freshet.replica.port;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A record's key as the key of a map: equal keys of a stream have equal bytes. */
public final class RecordKey {
    private final byte[] bytes;
    private final int hash;

    /**
     * Wraps a key.
     *
     * @param bytes not copied, and not to be written to
     */
    public RecordKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /** Returns the bytes, which are not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof RecordKey k && hash == k.hash && Arrays.equals(bytes, k.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
