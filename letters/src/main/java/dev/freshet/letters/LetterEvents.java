package dev.freshet.letters;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.Names;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.event.EventRules;
import dev.freshet.model.event.PublishedEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** The events that letters are made of. */
public final class LetterEvents {
    /** How the names of headers begin that a letter has and its event has not. */
    static final String LETTER_PREFIX = "freshet-dead-letter-";

    private static final Set<String> WRITTEN_ANEW = Set.of(
            RecordHeaders.SPEC_VERSION,
            RecordHeaders.ID,
            RecordHeaders.TYPE,
            RecordHeaders.SOURCE,
            RecordHeaders.TIME,
            RecordHeaders.CONTENT_TYPE,
            RecordHeaders.POSITION);

    private LetterEvents() {}

    /**
     * Returns the event of a letter, for its stream.
     *
     * @throws ConfigurationException if it cannot be told what event it is, or for which stream
     */
    public static PublishedEvent event(Letter letter) {
        LetterHead head = letter.head();
        if (head.stream().isEmpty() || head.stream().equals(Names.DEAD_LETTERS)) {
            throw new ConfigurationException("The letter " + head.place()
                    + " names no stream, since it could not be read as an"
                    + " event (" + head.reason() + "): give it one and what it lacks (freshet dlq edit " + head.place()
                    + " --stream NAME --key KEY --type TYPE --payload FILE), or discard it");
        }
        Map<String, String> headers = otherHeaders(letter, false);
        headers.keySet().removeIf(EventRules::isTaken);
        return event(letter, head.stream(), headers);
    }

    /** Returns what is to take a letter's place, as an event for the stream of dead letters. */
    public static PublishedEvent changed(Letter letter, LetterChange change) {
        Map<String, String> headers = otherHeaders(letter, true);
        headers.putAll(editedHeaders(letter));
        change.stream().ifPresent(stream -> headers.put(DeadLetterHeaders.STREAM, stream));
        headers.putAll(change.headers());
        PublishedEvent before = event(letter, Names.DEAD_LETTERS, headers);
        return new PublishedEvent(
                before.id(),
                before.stream(),
                change.key().orElse(before.key()),
                change.type().orElse(before.type()),
                change.contentType().orElse(before.contentType()),
                headers,
                change.payload().orElse(before.payload()));
    }

    /** Returns the headers that a letter gets which takes the place of another: what was at fault may be mended by it. */
    static Map<String, String> editedHeaders(Letter letter) {
        LetterHead head = letter.head();
        String reason = Objects.requireNonNullElse(letter.header(DeadLetterHeaders.REASON), "");
        if (!head.error().equals(DeadLetterHeaders.EDITED)) {
            String before = head.error().isEmpty() ? "" : " Before: " + head.error() + ". " + reason;
            reason = "It was edited, and has not been sent since." + before.stripTrailing();
        }
        return Map.of(
                DeadLetterHeaders.REPLACES,
                head.origin().toString(),
                DeadLetterHeaders.ERROR,
                DeadLetterHeaders.EDITED,
                DeadLetterHeaders.REASON,
                reason);
    }

    /** Returns what tells that a letter is dealt with, as an event for the stream of dead letters. */
    public static PublishedEvent resolved(LetterHead head, Resolution resolution, UUID id) {
        return new PublishedEvent(
                id,
                Names.DEAD_LETTERS,
                head.key() == null ? null : head.keyText(),
                Resolution.TYPE,
                "application/json",
                resolution.headers(head.place()),
                resolution.payload(head.place()));
    }

    /** Returns when the letter's event was committed; when the letter was written if it does not tell. */
    public static Instant time(Letter letter) {
        String time = letter.header(RecordHeaders.TIME);
        try {
            return time == null ? letter.head().writtenAt() : Instant.parse(time);
        } catch (DateTimeException e) {
            // another program's text
            return letter.head().writtenAt();
        }
    }

    private static PublishedEvent event(Letter letter, String stream, Map<String, String> headers) {
        LetterHead head = letter.head();
        byte[] value = letter.value();
        return new PublishedEvent(
                id(head),
                stream,
                head.key() == null ? null : head.keyText(),
                head.type(),
                Objects.requireNonNullElse(letter.header(RecordHeaders.CONTENT_TYPE), "application/octet-stream"),
                headers,
                value == null ? new byte[0] : value);
    }

    private static UUID id(LetterHead head) {
        try {
            return UUID.fromString(head.id());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "The letter " + head.place() + " is no event: its ce_id is '" + head.id() + "' and no UUID", e);
        }
    }

    private static Map<String, String> otherHeaders(Letter letter, boolean withLetters) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Letter.Header header : letter.headers()) {
            boolean own = WRITTEN_ANEW.contains(header.name());
            if (!own && (withLetters || !header.name().startsWith(LETTER_PREFIX))) {
                headers.put(header.name(), header.text());
            }
        }
        return headers;
    }

    /** Returns the headers of a letter that is dealt with, without what made it one. */
    static Map<String, byte[]> plainHeaders(Letter letter) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Letter.Header header : letter.headers()) {
            if (!header.name().startsWith(LETTER_PREFIX)) {
                headers.put(header.name(), header.value());
            }
        }
        return headers;
    }
}
