package dev.freshet.relay.internal;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.Lsn;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import dev.freshet.relay.RelaySettings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells whether the log can be followed from a cursor: the source is the same history still, and the slot holds the rest. */
final class HistoryCheck {
    private final RelaySettings settings;
    private final Source source;
    private final Cursor cursor;
    private final long boundary;
    /** A write inside a transaction lies above the boundary; what it has written must exist too. */
    private final long written;

    /**
     * Prepares the comparison.
     *
     * @param cursor the newest entry, which has a boundary
     */
    HistoryCheck(RelaySettings settings, Source source, Cursor cursor) {
        this.settings = settings;
        this.source = source;
        this.cursor = cursor;
        this.boundary = Objects.requireNonNull(cursor.boundary()).position().lsn();
        this.written = Math.max(boundary, cursor.write().lsn() + (cursor.atBoundary() ? 0 : 1));
    }

    /**
     * What stands against it.
     *
     * @param what what has happened, without a full stop
     * @param until up to where changes may be missing, or null for the end of the server's log
     */
    record Gap(String what, @Nullable Long until) {}

    /** Compares the source's identity, timelines and log with the cursor; null if it is the same history. */
    @Nullable
    Gap history(SourceIdentity now) {
        SourceIdentity then = cursor.source();
        if (!then.system().equals(now.system())) {
            return new Gap(
                    "The server at sources." + settings.source() + ".url has the system identifier " + now.system()
                            + ", but the ledger was written from " + then.system() + ": it is another history",
                    null);
        }
        if (then.timeline() != now.timeline()) {
            Gap branched = branch(now);
            if (branched != null) {
                return branched;
            }
        }
        long flushed = source.flushedLsn();
        if (flushed < written) {
            return new Gap(
                    "The server's log ends at " + Lsn.format(flushed) + ", but changes up to " + Lsn.format(written)
                            + " are in the topics: the server was restored from an older state",
                    flushed);
        }
        return null;
    }

    private @Nullable Gap branch(SourceIdentity now) {
        long then = cursor.source().timeline();
        for (TimelineRecord t : source.timelines()) {
            if (t.timeline() == then && t.switchLsn() >= written) {
                return null;
            }
            if (t.timeline() == then) {
                return new Gap(
                        "The server left timeline " + then + " at " + Lsn.format(t.switchLsn()) + ", but changes up to "
                                + Lsn.format(written) + " of it are in the topics: some of them do not exist any more",
                        t.switchLsn());
            }
        }
        return new Gap(
                "The server is on timeline " + now.timeline() + ", which did not branch off from timeline " + then
                        + ", of which changes are in the topics: it is another history",
                null);
    }

    /** Looks whether the slot holds everything from the boundary on; null if it does. */
    @Nullable
    Gap slot() {
        SlotState slot = source.slot().orElse(null);
        String named = "The slot '" + settings.slot() + "' ";
        if (slot == null) {
            return new Gap(named + "is gone", null);
        }
        if (slot.lost() != null) {
            return new Gap(named + "is not usable any more (" + slot.lost() + ")", null);
        }
        if (slot.confirmedLsn() > boundary) {
            return new Gap(
                    named + "was moved on by another program to " + Lsn.format(slot.confirmedLsn()),
                    slot.confirmedLsn());
        }
        return null;
    }
}
