package dev.freshet.relay.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * Writes instants as RFC 3339 text in UTC with six digits of a second, and no more: PostgreSQL's clock has no finer ones.
 *
 * <p>Instants of one second, which follow one another in a log, share the text up to the second. Belongs to one thread.
 */
final class TimeText {
    private static final int DIGITS = 6;

    private long second = Long.MIN_VALUE;
    private byte[] text = new byte[0];

    /** Returns the text's bytes, the caller's own. */
    byte[] of(Instant at) {
        if (at.getEpochSecond() != second) {
            second = at.getEpochSecond();
            String upToSeconds = at.truncatedTo(ChronoUnit.SECONDS).toString();
            text = (upToSeconds.substring(0, upToSeconds.length() - 1) + ".000000Z")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        int micros = at.getNano() / 1000;
        for (int i = text.length - 2, n = 0; n < DIGITS; i--, n++) {
            text[i] = (byte) ('0' + micros % 10);
            micros /= 10;
        }
        return Arrays.copyOf(text, text.length);
    }
}
