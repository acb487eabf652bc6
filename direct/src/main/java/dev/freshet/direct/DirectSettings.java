package dev.freshet.direct;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A publisher's settings, checked.
 *
 * @param topics by stream
 * @param retryFor empty for without limit
 */
record DirectSettings(
        String source,
        Map<String, String> kafka,
        Map<String, String> topics,
        InstantSource clock,
        Optional<Duration> retryFor,
        String deadLetterTopic,
        FailedKey onFailedKey,
        int parkedLimit,
        Optional<DataSource> undelivered,
        int capacityEvents,
        long capacityBytes,
        Duration blockFor,
        Duration closeFor,
        int maxBytes) {

    /** A letter is larger than its event, by its headers. */
    private static final int LEAST_LETTER_BYTES = 16 << 20;

    boolean parks() {
        return onFailedKey == FailedKey.PARK;
    }

    /** Returns how large a record may be for the client and for the dead-letter topic. */
    int maxRecordBytes() {
        return (int) Math.max(LEAST_LETTER_BYTES, Math.min(Integer.MAX_VALUE / 2, 2L * maxBytes));
    }
}
