package dev.freshet.letters;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say of a letter without its content.
 *
 * @param place where it stands
 * @param origin where the first letter of it stood, if it has taken the place of another; else the same
 * @param stream the stream that it was published to; empty if that is not known
 * @param key the record's key; null if it has none
 * @param id its {@code ce_id}; empty if it has none
 * @param type its {@code ce_type}; empty if it has none
 * @param error what is at fault, in a word; empty if nobody has said so
 * @param reason what is at fault, in a sentence; empty if nobody has said so
 * @param writtenAt when it was written to the topic, by Kafka's clock or the writer's
 * @param bytes how large its value is, in bytes
 */
public record LetterHead(
        LetterPlace place,
        LetterPlace origin,
        String stream,
        @Nullable ByteBuffer key,
        String id,
        String type,
        String error,
        String reason,
        Instant writtenAt,
        int bytes) {

    /** Returns the key as text; empty if there is none. */
    public String keyText() {
        return key == null ? "" : StandardCharsets.UTF_8.decode(key.duplicate()).toString();
    }

    /** Returns the key in its stream, whose letters stay in order; empty for a letter whose order does not matter. */
    public Optional<LetterKey> orderKey() {
        return key == null ? Optional.empty() : Optional.of(new LetterKey(stream, key));
    }
}
