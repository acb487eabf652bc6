package dev.freshet.relay.internal;

import dev.freshet.relay.RelaySettings;
import java.time.Duration;
import java.time.Instant;

/**
 * When a commit may follow the one before it, and when it must. Belongs to the relay's thread.
 *
 * <p>It may, counted from beginning to beginning: changes gather while a commit is under way. It must, counted from the end: else
 * brokers that take longer for a commit than that would be given one transaction of the source at a time. An entry without
 * records is counted from the end too, so that slow brokers are not given one after the other.
 */
final class CommitPace {
    /** How often an entry is written at most that has no records: it moves boundary and freshness. */
    private static final Duration ENTRY_INTERVAL = Duration.ofMillis(100);

    private final Duration linger;
    private final Duration age;
    private Instant begun;
    private Instant ended;
    private Instant nextEntry;

    /** Begins as if a commit had just begun, but for entries without records. */
    CommitPace(RelaySettings settings, Instant now) {
        this.linger = settings.batch().linger();
        this.age = settings.batch().age();
        this.begun = now;
        this.ended = now;
        this.nextEntry = now;
    }

    /** Takes note that a commit begins. */
    void begin(Instant now) {
        begun = now;
    }

    /** Takes note that the commit is done. */
    void end(Instant now) {
        ended = now;
        nextEntry = now.plus(ENTRY_INTERVAL);
    }

    /** Returns from when on records are committed, if no more of them wait. */
    Instant dueWithRecords() {
        return begun.plus(linger);
    }

    /** Returns how long the log is waited for: not beyond the time at which the open batch is due. */
    Duration patience(Instant now, Duration most, boolean empty) {
        Duration due = empty ? most : Duration.between(now, dueWithRecords());
        return due.isNegative() ? Duration.ZERO : due.compareTo(most) < 0 ? due : most;
    }

    /** Returns from when on an entry without records is committed. */
    Instant dueWithoutRecords() {
        return nextEntry;
    }

    /** Returns whether records are committed although more of them wait. */
    boolean isOverdue(Instant now) {
        return now.isAfter(ended.plus(age));
    }
}
