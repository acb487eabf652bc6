package dev.freshet.relay.internal;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.Lsn;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import dev.freshet.relay.RelaySettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells whether the log can be followed from a cursor: the source is the same history still, and the slot holds the rest. */
final class HistoryCheck {
    private final RelaySettings settings;
    private final Source source;
    private final Cursor cursor;
    private final Collection<TimelineRecord> left;
    private final long boundary;
    /**
     * A write inside a transaction lies above the boundary; what it has written must exist too. What was sent between two
     * transactions (an outbox table's events of before, dead letters) has ordinal 0 and nothing in the log. A snapshot by which
     * such a table is read lies above it, too: it says of transactions whether it shows them, of this history alone.
     */
    private final long written;

    /**
     * Prepares the comparison.
     *
     * @param cursor the newest entry, which has a boundary
     * @param left the timelines that led to the cursor's, as the ledger has them
     */
    HistoryCheck(RelaySettings settings, Source source, Cursor cursor, Collection<TimelineRecord> left) {
        this.settings = settings;
        this.source = source;
        this.cursor = cursor;
        this.left = left;
        this.boundary = Objects.requireNonNull(cursor.boundary()).position().lsn();
        long inside = cursor.write().lsn() + (cursor.write().ordinal() > 0 ? 1 : 0);
        long shown = cursor.streams().values().stream()
                .mapToLong(OutboxBacklog::shownTo)
                .max()
                .orElse(0);
        this.written = Math.max(Math.max(boundary, inside), shown);
    }

    /**
     * What stands against it.
     *
     * @param what what has happened, without a full stop
     * @param until up to where changes may be missing, or null for the end of the server's log
     */
    record Gap(String what, @Nullable Long until) {}

    /**
     * Compares the source's identity, timelines and log with the cursor; null if it is the same history.
     *
     * @param now the server's identity
     * @param flushed up to where its log was on disk
     * @param timelines the timelines that led to the server's present one
     */
    @Nullable
    Gap history(SourceIdentity now, long flushed, List<TimelineRecord> timelines) {
        SourceIdentity then = cursor.source();
        if (!then.system().equals(now.system())) {
            return new Gap(
                    "The server at sources." + settings.source() + ".url has the system identifier " + now.system()
                            + ", but the ledger was written from " + then.system() + ": it is another history",
                    null);
        }
        Gap branched = branch(now, timelines);
        if (branched != null) {
            return branched;
        }
        if (flushed < written) {
            return new Gap(
                    "The server's log ends at " + Lsn.format(flushed) + ", but changes up to " + Lsn.format(written)
                            + " are in the topics: the server was restored from an older state",
                    flushed);
        }
        return null;
    }

    /**
     * A part of a history.
     *
     * @param end where the timeline was left; the greatest number for the present one
     */
    private record Part(long timeline, long end) {}

    private static List<Part> parts(SourceIdentity of, Collection<TimelineRecord> left) {
        List<Part> parts = new ArrayList<>();
        left.stream()
                .filter(t -> t.system().equals(of.system()) && t.timeline() < of.timeline())
                .sorted(Comparator.comparingLong(TimelineRecord::timeline))
                .forEach(t -> parts.add(new Part(t.timeline(), t.switchLsn())));
        parts.add(new Part(of.timeline(), Long.MAX_VALUE));
        return parts;
    }

    /**
     * Compares two histories timeline by timeline, each with the place where it was left: two stand-bys of one server get the
     * same number when they are promoted.
     */
    private @Nullable Gap branch(SourceIdentity now, List<TimelineRecord> timelines) {
        List<Part> known = parts(cursor.source(), left);
        List<Part> found = parts(now, timelines);
        Gap gap = otherHistory(now);
        long common = 0;
        for (int i = 0; i < Math.min(known.size(), found.size()); i++) {
            Part then = known.get(i);
            Part is = found.get(i);
            if (then.timeline() != is.timeline()) {
                break;
            }
            common = Math.min(then.end(), is.end());
            if (then.end() != is.end()) {
                gap = is.end() == Long.MAX_VALUE ? gap : leftOtherwise(then, is);
                break;
            }
        }
        return common >= written && now.timeline() >= cursor.source().timeline() ? null : gap;
    }

    private Gap otherHistory(SourceIdentity now) {
        return new Gap(
                "The server is on timeline " + now.timeline() + ", which did not branch off from timeline "
                        + cursor.source().timeline() + ", of which changes are in the topics: it is another history",
                null);
    }

    private Gap leftOtherwise(Part then, Part is) {
        String told = "The server left timeline " + is.timeline() + " at " + Lsn.format(is.end());
        return then.end() == Long.MAX_VALUE
                ? new Gap(
                        told + ", but changes up to " + Lsn.format(written)
                                + " of it are in the topics: some of them do not exist any more",
                        is.end())
                : new Gap(
                        told + ", but the one of which changes are in the topics left it at " + Lsn.format(then.end())
                                + ": it is another history",
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
