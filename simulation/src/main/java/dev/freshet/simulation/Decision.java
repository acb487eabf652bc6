package dev.freshet.simulation;

import java.util.Locale;
import java.util.Random;

/**
 * One step of a schedule.
 *
 * @param kind what happens
 * @param salt what decides how: from it all random numbers of the step are drawn, so that a step means the same wherever it
 *     stands
 */
record Decision(Kind kind, int salt) {
    /** What can happen. */
    enum Kind {
        /** The source commits a transaction over its tables; some become visible late. */
        WRITE(30, false),
        /** The source commits something that is not captured. */
        ELSEWHERE(4, false),
        /** What was committed becomes visible. */
        SHOW(8, false),
        /** An agent of a relay works. */
        RELAY(60, false),
        /** An agent of a relay works, and its process ends at some call. */
        RELAY_KILLED(3, true),
        /** An agent of a relay works, and stands still at some call while the next steps happen. */
        RELAY_PAUSED(3, true),
        /** An agent of a relay works, and loses its connection at some call, before or after it is done. */
        RELAY_CUT(3, true),
        /** The source ends the connection of whoever reads its slot, as it does with one that stands still for long. */
        SLOT_FREED(4, true),
        /** An agent of an instance of the replica works. */
        COPY(80, false),
        /** An agent of an instance works, and its process ends at some call. */
        COPY_KILLED(4, true),
        /** An agent of an instance works, and stands still at some call while the next steps happen. */
        COPY_PAUSED(8, true),
        /** An agent of an instance works, and loses its connection at some call, before or after it is done. */
        COPY_CUT(5, true),
        /** The group gives the partitions otherwise to its members. */
        REBALANCE(4, true),
        /** The group does not hear of a member any more. */
        EVICT(3, true),
        /** A topic, or the ledger, is compacted. */
        COMPACT(8, false),
        /** Time passes: a little, or more than topics keep what they compact. */
        WAIT(4, true),
        /** A table is truncated, alone or amidst a transaction. */
        TRUNCATE(1, true),
        /** A table is rewritten, or rows come and go with partitions: the catalog tells, and no row message. */
        DDL(1, true),
        /** The operator has a table read anew. */
        READ_ANEW(1, true),
        /** The operator pauses a snapshot, limits it, or lets it go on. */
        PACE(2, true),
        /** The source becomes another history, or its slot is lost. */
        RESTORE(1, true),
        /** A topic is deleted and made again by somebody else. */
        TOPIC_AGAIN(1, true),
        /** The operator mends broken streams: reads them anew, or removes them, to be captured anew into a new topic. */
        REPAIR(2, true),
        /** Nothing goes wrong until everything is complete. */
        CALM(0, false),
        /** The source publishes events, alone or beside its rows, or ends a transaction that was open. */
        PUBLISH(25, false, true),
        /** The operator tells the relays of more events that they take, and begins them anew. */
        CONFIGURE(2, true, true),
        /** The operator sends dead letters again; that may end, or stand still, at some call. */
        REDRIVE(3, true, true),
        /** The operator gives dead letters up. */
        DISCARD(1, true, true),
        /** The polled database ends and begins again: sessions are lost, and what had not committed. */
        RESTART(2, true, false, true),
        /** The polled database's clock is set, back or forth. */
        CLOCK(1, true, false, true),
        /** The brokers are away for a while. */
        AWAY(2, true, false, true);

        private final int weight;
        private final boolean fault;
        private final boolean ofEvents;
        private final boolean ofPolling;

        Kind(int weight, boolean fault) {
            this(weight, fault, false);
        }

        Kind(int weight, boolean fault, boolean ofEvents) {
            this(weight, fault, ofEvents, false);
        }

        Kind(int weight, boolean fault, boolean ofEvents, boolean ofPolling) {
            this.weight = weight;
            this.fault = fault;
            this.ofEvents = ofEvents;
            this.ofPolling = ofPolling;
        }

        /** Returns whether it is for schedules of a polled database alone. */
        boolean isOfPolling() {
            return ofPolling;
        }

        /** Returns whether it is for schedules with events alone. */
        boolean isOfEvents() {
            return ofEvents;
        }

        int weight() {
            return weight;
        }

        /** Returns whether some schedules do without it. */
        boolean isFault() {
            return fault;
        }
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ':' + salt;
    }

    /** Seeds that are near one another give numbers that are, unless they are mixed. */
    static void seed(Random random, long salt) {
        long mixed = (salt + 1) * 0x9e3779b97f4a7c15L;
        random.setSeed(mixed ^ mixed >>> 29);
    }

    static Decision parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is no decision, such as write:17");
        }
        return new Decision(
                Kind.valueOf(text.substring(0, colon).toUpperCase(Locale.ROOT)),
                Integer.parseInt(text.substring(colon + 1)));
    }
}
