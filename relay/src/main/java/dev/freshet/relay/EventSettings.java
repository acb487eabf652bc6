package dev.freshet.relay;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.TableCapture;
import dev.freshet.model.Names;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a relay takes events from, and what becomes of those that cannot be sent.
 *
 * @param outbox the table from which they are taken, beside messages in the log; empty for those alone
 * @param outboxRetention how long the table keeps what is sent
 * @param deadLetterTopic the topic of those that cannot be sent; Freshet makes it
 * @param deadLetterBytes how large a dead letter may be, in bytes, from 1,024
 * @param failedKeys what becomes of those that follow one that cannot be sent
 * @param mostLetters how many letters may wait behind one key, from 1; with more to come the relay waits
 * @param mostKeys how many keys may be parked, from 1; with more to come the relay waits
 */
public record EventSettings(
        Optional<TableCapture> outbox,
        OutboxRetention outboxRetention,
        String deadLetterTopic,
        int deadLetterBytes,
        FailedKeys failedKeys,
        int mostLetters,
        int mostKeys) {
    /** How large a dead letter may be by default: 8 MiB. */
    public static final int DEFAULT_DEAD_LETTER_BYTES = 8 << 20;

    /** How many letters may wait behind one key by default. */
    public static final int DEFAULT_MOST_LETTERS = 1_000;

    /** How many keys may be parked by default. */
    public static final int DEFAULT_MOST_KEYS = 10_000;

    /** Rejects what is out of range. */
    public EventSettings {
        Objects.requireNonNull(deadLetterTopic, "deadLetterTopic");
        if (deadLetterBytes < 1024 || mostLetters < 1 || mostKeys < 1) {
            throw new IllegalArgumentException(
                    "A dead letter must be allowed 1,024 bytes or more, a key 1 letter or more, and 1"
                            + " key or more to be parked, but they are " + deadLetterBytes + ", " + mostLetters
                            + " and " + mostKeys);
        }
    }

    /** Returns the defaults for a source: no table, and letters in {@link Names#deadLetters}, where keys are parked. */
    public static EventSettings of(String source) {
        return new EventSettings(
                Optional.empty(),
                OutboxRetention.DEFAULT,
                Names.deadLetters(source),
                DEFAULT_DEAD_LETTER_BYTES,
                FailedKeys.PARK,
                DEFAULT_MOST_LETTERS,
                DEFAULT_MOST_KEYS);
    }

    /**
     * Returns these settings with an outbox table.
     *
     * @param table {@code schema.table}
     */
    public EventSettings withOutbox(String table, OutboxRetention retention) {
        return new EventSettings(
                Optional.of(TableCapture.ofOutbox(table)),
                retention,
                deadLetterTopic,
                deadLetterBytes,
                failedKeys,
                mostLetters,
                mostKeys);
    }

    /** Returns these settings with another dead-letter topic. */
    public EventSettings withDeadLetters(String topic, int bytes) {
        return new EventSettings(outbox, outboxRetention, topic, bytes, failedKeys, mostLetters, mostKeys);
    }

    /** Returns these settings with another answer to events that cannot be sent. */
    public EventSettings withFailedKeys(FailedKeys answer, int letters, int keys) {
        return new EventSettings(outbox, outboxRetention, deadLetterTopic, deadLetterBytes, answer, letters, keys);
    }
}
