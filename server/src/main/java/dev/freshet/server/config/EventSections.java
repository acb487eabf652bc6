package dev.freshet.server.config;

import dev.freshet.relay.EventSettings;
import dev.freshet.relay.FailedKeys;
import dev.freshet.relay.StreamSettings;
import java.util.List;

/** The settings of events that cannot be sent, of a source and of a stream. */
final class EventSections {
    private static final long KB = 1024;
    private static final long LARGEST = 512 << 20;

    private EventSections() {}

    // streams.<name>
    static final Setting<Long> MAX_MESSAGE_SIZE = Setting.size(
            "max-message-size",
            KB,
            LARGEST,
            StreamSettings.DEFAULT_MAX_MESSAGE_BYTES,
            "Only with `events`: how large an event may be, uncompressed, with key, headers and what Kafka adds, about 1 KB: the "
                    + "topic's `max.message.bytes`. A larger one goes to the source's dead letters.");

    // sources.<name>
    static final Setting<String> DEAD_LETTERS = Setting.optional(
            "dead-letter-topic",
            Sections.TOPIC,
            "`<source>.freshet-dead-letters`",
            "The topic of events that cannot be sent, where the source has streams of events. Freshet makes it, and keeps each "
                    + "event there until somebody deals with it (`freshet dlq`).");
    static final Setting<Long> DEAD_LETTER_MAX_SIZE = Setting.size(
            "dead-letter-max-size",
            KB,
            LARGEST,
            EventSettings.DEFAULT_DEAD_LETTER_BYTES,
            "How large a dead letter may be. For a larger one the source waits, and says so.");
    static final Setting<FailedKeys> FAILED_KEYS = Setting.withDefault(
            "failed-keys",
            ValueTypes.oneOf(FailedKeys.class, FailedKeys::text),
            FailedKeys.PARK,
            FailedKeys::text,
            "What becomes of the events after one that cannot be sent. `park`: those of its key wait behind it, as dead letters, so "
                    + "that a redrive keeps the order; all others go on. `skip`: they are sent, and a redrive comes behind them.");
    static final Setting<Integer> PARKED_LETTERS_LIMIT = Setting.integer(
            "parked-letters-limit",
            1,
            1_000_000,
            EventSettings.DEFAULT_MOST_LETTERS,
            "How many dead letters may wait behind one key. With more to come the source waits, and says so.");
    static final Setting<Integer> PARKED_KEYS_LIMIT = Setting.integer(
            "parked-keys-limit",
            1,
            100_000,
            EventSettings.DEFAULT_MOST_KEYS,
            "How many keys may be parked. With more to come the source waits, and says so.");

    static final List<Setting<?>> OF_SOURCES =
            List.of(DEAD_LETTERS, DEAD_LETTER_MAX_SIZE, FAILED_KEYS, PARKED_LETTERS_LIMIT, PARKED_KEYS_LIMIT);
}
