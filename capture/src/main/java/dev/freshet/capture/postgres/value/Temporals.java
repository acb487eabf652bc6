package dev.freshet.capture.postgres.value;

import dev.freshet.capture.postgres.value.Scalars.Scalar;
import dev.freshet.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The encoders of dates and timestamps: the server's ISO style becomes ISO 8601.
 *
 * <p>The server prints {@code 2026-01-02 03:04:05.123456+00}, a year of at least four digits, {@code BC} at the end for
 * years before 1, and {@code infinity} or {@code -infinity}. ISO 8601 counts 1 BC as year 0 and wants a sign before a
 * year of more than four digits; {@code java.time} reads both.
 */
final class Temporals {
    /** {@code date}. */
    static final ValueEncoder DATE = new Temporal(false, false);
    /** {@code timestamp without time zone}. */
    static final ValueEncoder TIMESTAMP = new Temporal(true, false);
    /** {@code timestamp with time zone}, which the server prints in UTC. */
    static final ValueEncoder INSTANT = new Temporal(true, true);

    private Temporals() {}

    private static final class Temporal extends Scalar {
        private static final int YEAR_DIGITS = 4;
        private static final int MONTH_AND_DAY_BYTES = "-01-02".length();
        private static final int BC_BYTES = " BC".length();
        private static final int ZONE_BYTES = "+00".length();

        private final boolean time;
        private final boolean zone;

        Temporal(boolean time, boolean zone) {
            this.time = time;
            this.zone = zone;
        }

        @Override
        public void encode(byte[] text, int from, int count, JsonWriter out) {
            if (!Scalars.isDigit(text[from])) {
                // infinity and -infinity
                out.string(text, from, count);
                return;
            }
            int end = from + count;
            boolean beforeChrist = text[end - 1] == 'C';
            if (beforeChrist) {
                end -= BC_BYTES;
            }
            int yearEnd = from + YEAR_DIGITS;
            while (text[yearEnd] != '-') {
                yearEnd++;
            }
            out.beginString();
            year(text, from, yearEnd, beforeChrist, out);
            if (time) {
                int dateEnd = yearEnd + MONTH_AND_DAY_BYTES;
                out.part(text, yearEnd, MONTH_AND_DAY_BYTES).part((byte) 'T');
                int timeEnd = zone ? utcEnd(text, end) : end;
                out.part(text, dateEnd + 1, timeEnd - dateEnd - 1);
                if (zone) {
                    out.part((byte) 'Z');
                }
            } else {
                out.part(text, yearEnd, end - yearEnd);
            }
            out.endString();
        }

        private static void year(byte[] text, int from, int end, boolean beforeChrist, JsonWriter out) {
            if (beforeChrist) {
                int year = 0;
                for (int i = from; i < end; i++) {
                    year = year * 10 + text[i] - '0';
                }
                byte[] iso = String.format(Locale.ROOT, year == 1 ? "%04d" : "-%04d", year - 1)
                        .getBytes(StandardCharsets.US_ASCII);
                out.part(iso, 0, iso.length);
                return;
            }
            if (end - from > YEAR_DIGITS) {
                out.part((byte) '+');
            }
            out.part(text, from, end - from);
        }

        private static int utcEnd(byte[] text, int end) {
            int zoneAt = end - ZONE_BYTES;
            if (text[zoneAt] != '+' || text[zoneAt + 1] != '0' || text[zoneAt + 2] != '0') {
                throw new IllegalArgumentException(
                        "A timestamptz value is not printed in UTC: the session's TimeZone is not 'UTC'");
            }
            return zoneAt;
        }
    }
}
