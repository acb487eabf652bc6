package dev.freshet.capture.postgres.table;

/** The prefixes of the logical messages that Freshet writes for itself; they name the slot, so that several relays on one database do not see each other's. */
public final class LogPrefixes {
    private static final String MARK = "freshet.mark/";
    private static final String HEARTBEAT = "freshet.heartbeat/";

    private LogPrefixes() {}

    /** Returns the prefix of the watermarks of snapshot windows. */
    public static String mark(String slot) {
        return MARK + slot;
    }

    /** Returns the prefix of the heartbeats. */
    public static String heartbeat(String slot) {
        return HEARTBEAT + slot;
    }

    /** Returns whether the prefix is a watermark's or heartbeat's, of whichever slot. */
    public static boolean isOwn(String prefix) {
        return prefix.startsWith(MARK) || prefix.startsWith(HEARTBEAT);
    }
}
