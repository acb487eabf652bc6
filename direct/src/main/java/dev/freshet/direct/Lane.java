package dev.freshet.direct;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events of one key, in order, or one event without a key. Belongs to the loop's thread. */
final class Lane {
    private static final int MOST_AT_ONCE = 500;

    private final Optional<LaneKey> key;
    private final Optional<String> hash;
    private final Deque<Entry> published = new ArrayDeque<>();
    /** Rows of the table; they are older than what was published. */
    private final Deque<Entry> drained = new ArrayDeque<>();
    /** Whether one of its events is on its way to Kafka. */
    boolean sending;
    /** Whether published events are on their way to the table. */
    boolean handing;
    /** Whether the first published event waits to be tried again. */
    boolean waiting;
    /** Whether an answer about its events' way to the table was lost: they may be there. */
    boolean unsure;
    /** Whether the table was asked for its key, and had no rows. */
    boolean free;
    /** How often the table has not taken its events, one time after the other. */
    int failedHands;
    /** Counts the waits, so that one that was cut short does not end the next. */
    int wait;

    Lane(Optional<LaneKey> key) {
        this.key = key;
        this.hash = key.map(LaneKey::hash);
    }

    Optional<LaneKey> key() {
        return key;
    }

    Optional<String> hash() {
        return hash;
    }

    void add(Entry entry) {
        (entry.isDrained() ? drained : published).add(entry);
    }

    /** Returns the next event to be sent; null if there is none, or what was published has to wait. */
    @Nullable
    Entry next() {
        if (sending) {
            return null;
        }
        Entry row = drained.peek();
        return row != null || handing || waiting ? row : published.peek();
    }

    /** Takes an entry away, which is the first of its kind. */
    void remove(Entry entry) {
        if ((entry.isDrained() ? drained : published).poll() != entry) {
            throw new IllegalStateException("The " + entry.event + " is not the first of its key");
        }
    }

    /** Takes all rows of the table away. */
    List<Entry> removeDrained() {
        List<Entry> all = List.copyOf(drained);
        drained.clear();
        return all;
    }

    /** Returns the first published events. */
    List<Entry> firstPublished() {
        List<Entry> some = new ArrayList<>();
        for (Entry entry : published) {
            if (some.size() == MOST_AT_ONCE) {
                break;
            }
            some.add(entry);
        }
        return some;
    }

    /** Returns all published events. */
    List<Entry> published() {
        return List.copyOf(published);
    }

    boolean hasPublished() {
        return !published.isEmpty();
    }

    boolean isEmpty() {
        return published.isEmpty() && drained.isEmpty();
    }
}
