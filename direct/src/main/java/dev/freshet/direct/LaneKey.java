package dev.freshet.direct;

import dev.freshet.model.event.PublishedEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** A key of a stream, whose events stay in order. */
record LaneKey(String stream, String key) {
    /** Returns the key of an event; empty for one whose order does not matter. */
    static Optional<LaneKey> of(PublishedEvent event) {
        return event.key() == null ? Optional.empty() : Optional.of(new LaneKey(event.stream(), event.key()));
    }

    /** Returns what stands for it in the table: a stream's name has no NUL, so that no two keys make the same text. */
    String hash() {
        try {
            byte[] text = (stream + '\0' + key).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** Tells no data. */
    @Override
    public String toString() {
        return "a key of stream '" + stream + '\'';
    }
}
