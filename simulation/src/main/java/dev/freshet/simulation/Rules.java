package dev.freshet.simulation;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which rules of the protocol hold. Each is switched off once, in the simulated ports, to see that the model notices; with all
 * of them on, no schedule may break anything.
 */
final class Rules {
    /** The rules that can be switched off. */
    enum Rule {
        /** A snapshot's window waits until what the log gave is visible. */
        WAIT_FOR_VISIBILITY,
        /** A new owner bumps the generation under the row's lock before it reads the offset. */
        BUMP_BEFORE_READ,
        /** Who moves a partition on names its generation. */
        NAME_GENERATION,
        /** A record whose position is not above the last that was applied is dropped. */
        DROP_SEEN_POSITIONS,
        /** A new fill begins a new count of positions. */
        COUNT_PER_FILL,
        /** Who applied to the former fill is fenced: a refill and a swap bump the generations, and an owner names its fill. */
        FENCE_FORMER_FILL,
        /** A copy that was behind for longer than min.compaction.lag.ms is filled anew. */
        REFILL_BEHIND_COMPACTION,
        /** A copy that was away for longer than delete.retention.ms is filled anew. */
        REFILL_BEHIND_TOMBSTONES,
        /** A copy whose topic was made again is filled anew. */
        REFILL_WHEN_TOPIC_MADE_AGAIN,
        /** What breaks the proof withdraws "complete" before it repairs. */
        WITHDRAW_FIRST,
        /** Offsets are passed by the reader's position, not by the last record. */
        PASS_BY_POSITION,
        /** Effect and offset are one transaction. */
        ONE_TRANSACTION,
        /** Records of a source that has become another history have positions of a new epoch. */
        NEW_EPOCH,
        /** What a new epoch brings withdraws a "complete" of an earlier one. */
        WITHDRAW_FORMER_EPOCH,
        /** A per-transaction copy commits at boundaries alone. */
        BOUNDARIES_ALONE,
        /** A boundary counts only if all streams of a per-transaction copy were running at it. */
        ALL_RUN,
        /** A fill of a per-transaction copy comes to no boundary below what was written when it began, committed or not. */
        FILL_TO_WHAT_WAS_WRITTEN,
        /** Who claims a boundary knows that what was read below it is of the topic that the relay wrote to. */
        PROVE_THE_TOPIC_READ,
        /** Each commit of the active instance finds that no other has become it; the partitions' generations are a second fence. */
        NAME_ACTIVE,
        /** What the outbox table has is read by a snapshot that waits for all that was open when the log began to tell of it. */
        JOIN_BEHIND_OPEN,
        /** The place of the log that a snapshot of the outbox stands for is asked for behind the snapshot. */
        LOG_BEHIND_SNAPSHOT,
        /** The snapshot by which the outbox table is read is fixed in the ledger. */
        FIX_SNAPSHOT,
        /** The log's rows of transactions that the snapshot shows are passed over. */
        PASS_OVER_SHOWN,
        /** Rows are cleared only if a snapshot shows them that stands below a durable boundary. */
        CLEAR_WHAT_IS_SENT,
        /** The keys of which dead letters wait stand in the ledger. */
        PARK_IN_LEDGER,
        /** Who writes to a polled table is told until its rows can be seen, not until it has committed. */
        WRITE_UNTIL_SHOWN,
        /** A prepared transaction, which no session holds, is among those that write. */
        TELL_PREPARED,
        /** A statement that writes, and whose transaction does not show yet, is among them. */
        TELL_STATEMENTS,
        /** A look into the gaps of a polled table sees what has committed since the look above them. */
        LOOK_INTO_GAPS_ANEW,
        /** The numbers of rows are on the disk before the rows are sent. */
        DURABLE_NUMBERS,
        /** Who numbers holds a lock until its session ends, after its last transaction. */
        LOCK_TO_THE_END,
        /** The table of numbers takes none twice: a second guard of the same. */
        NUMBER_ONCE,
        /** The time of a look at a polled table is asked for before it. */
        CLOCK_BEFORE_LOOK
    }

    private final Set<Rule> off;

    private Rules(Set<Rule> off) {
        this.off = off;
    }

    static Rules all() {
        return new Rules(EnumSet.noneOf(Rule.class));
    }

    static Rules without(Rule rule, Rule... others) {
        return new Rules(EnumSet.of(rule, others));
    }

    boolean hold(Rule rule) {
        return !off.contains(rule);
    }
}
