package dev.freshet.letters;

import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of a dead-letter topic: a letter, or what tells of one that it is dealt with.
 *
 * <p>Holds the arrays without copying them; nobody may write to them.
 *
 * @param head what there is to say of it
 * @param key its key; null if it has none
 * @param value its value; null if it has none
 * @param headers its headers, in their order
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Letter(LetterHead head, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    private static final int MOST_REASON = 500;

    /**
     * A header.
     *
     * @param name its name
     * @param value its value; null if it has none
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Header(String name, byte @Nullable [] value) {
        /** Returns the value as text; empty if there is none. */
        public String text() {
            return value == null ? "" : new String(value, StandardCharsets.UTF_8);
        }
    }

    /** Copies the list. */
    public Letter {
        headers = List.copyOf(headers);
    }

    /**
     * Returns the letter of a record.
     *
     * @param writtenAt when it was written
     */
    public static Letter of(
            LetterPlace place,
            Instant writtenAt,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        String replaces = header(headers, DeadLetterHeaders.REPLACES);
        String reason = text(headers, DeadLetterHeaders.REASON);
        return new Letter(
                new LetterHead(
                        place,
                        replaces != null && LetterPlace.isPlace(replaces) ? LetterPlace.parse(replaces) : place,
                        text(headers, DeadLetterHeaders.STREAM).intern(),
                        key == null ? null : ByteBuffer.wrap(key),
                        text(headers, RecordHeaders.ID),
                        text(headers, RecordHeaders.TYPE).intern(),
                        text(headers, DeadLetterHeaders.ERROR).intern(),
                        reason.length() > MOST_REASON ? reason.substring(0, MOST_REASON) + '…' : reason,
                        writtenAt,
                        value == null ? 0 : value.length),
                key,
                value,
                headers);
    }

    /** Returns the place of the letter that it tells to be dealt with; empty if it is a letter itself. */
    public Optional<LetterPlace> resolves() {
        return Optional.ofNullable(header(DeadLetterHeaders.RESOLVES))
                .filter(LetterPlace::isPlace)
                .map(LetterPlace::parse);
    }

    /** Returns a header's text; null if it has none of that name. */
    public @Nullable String header(String name) {
        return header(headers, name);
    }

    private static String text(List<Header> headers, String name) {
        String value = header(headers, name);
        return value == null ? "" : value;
    }

    private static @Nullable String header(List<Header> headers, String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            Header header = headers.get(i);
            if (header.name().equals(name)) {
                return header.value() == null ? null : header.text();
            }
        }
        return null;
    }
}
