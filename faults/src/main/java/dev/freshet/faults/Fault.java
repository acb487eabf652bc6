package dev.freshet.faults;

import java.util.Locale;

/**
 * One fault of a plan.
 *
 * @param atMillis when it begins, since the plan's begin
 * @param kind what happens
 * @param victim to which process or link
 * @param millis for how long: until the process is started again, goes on, or the link is whole
 */
record Fault(long atMillis, Kind kind, String victim, long millis) {
    /** What can happen. */
    enum Kind {
        /** {@code kill -9}, and a new start. */
        KILL,
        /** SIGSTOP, and SIGCONT later: a process that runs but does not move, and comes back after others have taken over. */
        FREEZE,
        /** The network stands still; what was sent arrives late. */
        STALL,
        /** The network ends all connections and refuses new ones. */
        CUT,
        /** The network forgets its connections without telling either end. */
        HALF_OPEN;

        boolean ofProcess() {
            return this == KILL || this == FREEZE;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%6.1f s  %-9s %-16s for %.1f s", atMillis / 1000.0, kind, victim, millis / 1000.0);
    }
}
