package dev.freshet.faults;

import java.util.Locale;

/**
 * What became of the events that were published one way.
 *
 * @param way the way
 * @param committed how many the source has committed
 * @param lost how many of them are in no topic, though the way promises it
 * @param doubled how many times one is there again
 * @param disordered how many come, for the first time, after a later one of their key; for {@link Way#DIRECT} of those that one
 *     process has published
 * @param uncommitted how many are there that were never committed
 * @param letters how many are dead letters, since their key had one that was too large for the topic; each is counted as others are
 * @param diedWith how many were only in the memory of a process that was killed, and are in no topic, as {@link Way#DIRECT} warns
 */
public record WayEvents(
        Way way,
        long committed,
        long lost,
        long doubled,
        long disordered,
        long uncommitted,
        long letters,
        long diedWith) {

    /** Returns how many are not as the documents' table promises of the way. */
    public long wrong() {
        return lost + disordered + uncommitted + (way.isOnce() ? doubled : 0) + (way.isOnce() ? diedWith : 0);
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "Events by %s: %,d committed, %d lost, %d doubled%s, %d out of order, %d never committed; %d are dead letters%s.",
                way.text(),
                committed,
                lost,
                doubled,
                way.isOnce() ? "" : " (allowed)",
                disordered,
                uncommitted,
                letters,
                way.isOnce() ? "" : ", " + diedWith + " lost with the memory of a killed process (allowed)");
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "\"%s\":{\"committed\":%d,\"lost\":%d,\"doubled\":%d,\"disordered\":%d,\"uncommitted\":%d,"
                        + "\"letters\":%d,\"diedWith\":%d}",
                way.word(),
                committed,
                lost,
                doubled,
                disordered,
                uncommitted,
                letters,
                diedWith);
    }
}
