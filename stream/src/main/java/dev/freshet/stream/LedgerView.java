package dev.freshet.stream;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.json.JsonException;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.EpochRecord;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.model.ledger.TimelineRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger says, as far as it has been read: no input, no output.
 *
 * <p>One thread applies records in the order of their offsets; any thread may ask meanwhile.
 *
 * <p><b>Which boundaries count.</b> A boundary speaks for a stream only if its entry names the stream as running, and only
 * since the stream last began to run: a boundary from before a repair says nothing about the topic after it, and may be one
 * of those that were claimed between the break and its discovery. Nor does one of a topic that was removed or made again. For a stream that is broken or stopped since a position
 * the boundaries of its last run that lie below that position still hold. While a stream is snapshotted none holds.
 */
public final class LedgerView {
    /** How many boundaries are kept unless said otherwise (and as many of the history). */
    public static final int DEFAULT_BOUNDARIES = 4096;

    private final String ledger;
    private final Set<String> topics;
    private final InstantSource clock;
    private final Boundaries recent;
    private final int limit;
    private final SortedMap<String, Boundary> minutes = new TreeMap<>();
    private final Map<String, SchemaRecord> schemas = new HashMap<>();
    private final SortedMap<Integer, EpochRecord> epochs = new TreeMap<>();
    private final SortedMap<Long, TimelineRecord> timelines = new TreeMap<>();
    private final Map<String, StreamEntry> byTopic = new HashMap<>();
    private final Map<String, Position> lastRun = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Boundaries history;
    private boolean historyChanged;
    private @Nullable Cursor cursor;
    private @Nullable Instant cursorSeenAt;
    private long nextOffset;

    /**
     * Creates an empty view.
     *
     * @param ledger the ledger topic's name, for messages
     * @param topics the topics that will be asked about, so that nothing is kept of the others; empty for all
     * @param boundaries how many boundaries to keep, and how many of the history, 2 or more
     * @param clock tells when a cursor was seen
     */
    public LedgerView(String ledger, Set<String> topics, int boundaries, InstantSource clock) {
        this.ledger = ledger;
        this.topics = Set.copyOf(topics);
        this.limit = boundaries;
        this.clock = clock;
        this.recent = new Boundaries(boundaries);
        this.history = new Boundaries(boundaries);
    }

    /** Creates an empty view of all topics with {@value #DEFAULT_BOUNDARIES} boundaries. */
    public static LedgerView of(String ledger, InstantSource clock) {
        return new LedgerView(ledger, Set.of(), DEFAULT_BOUNDARIES, clock);
    }

    /** Returns the ledger topic's name. */
    public String ledger() {
        return ledger;
    }

    /**
     * Applies the ledger's next record. Keys that this Freshet does not know are passed over.
     *
     * @param key the record's key
     * @param value its value, or null for a tombstone
     * @param offset its offset, above every earlier one's
     * @throws ConfigurationException if the record cannot be read, for instance because a newer Freshet wrote it
     */
    public void apply(String key, byte @Nullable [] value, long offset) {
        try {
            synchronized (this) {
                if (offset < nextOffset) {
                    throw new IllegalStateException("The record " + key + " at offset " + offset + " of the ledger '"
                            + ledger + "' comes after offset " + (nextOffset - 1));
                }
                applyTo(key, value);
                nextOffset = offset + 1;
            }
        } catch (IllegalArgumentException | JsonException e) {
            throw new ConfigurationException(
                    "The record '" + key + "' at offset " + offset + " of the ledger '" + ledger
                            + "' cannot be read, so nothing is claimed from here on: " + e.getMessage(),
                    e);
        }
        for (Runnable listener : listeners) {
            listener.run();
        }
    }

    private void applyTo(String key, byte @Nullable [] value) {
        if (key.equals(LedgerKey.CURSOR)) {
            if (value != null) {
                applyCursor(LedgerCodec.decodeCursor(value));
            }
        } else if (key.startsWith(LedgerKey.HISTORY)) {
            applyMinute(key, value);
        } else if (key.startsWith(LedgerKey.SCHEMA)) {
            put(schemas, key, value == null ? null : LedgerCodec.decodeSchema(value));
        } else if (key.startsWith(LedgerKey.EPOCH)) {
            int epoch = Integer.parseInt(key.substring(LedgerKey.EPOCH.length()));
            put(epochs, epoch, value == null ? null : LedgerCodec.decodeEpoch(value));
        } else if (key.startsWith(LedgerKey.TIMELINE)) {
            long timeline = Long.parseLong(key.substring(LedgerKey.TIMELINE.length()));
            put(timelines, timeline, value == null ? null : LedgerCodec.decodeTimeline(value));
        }
    }

    private static <K, V> void put(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    private void applyCursor(Cursor next) {
        forgetOtherTopics(next);
        cursor = next;
        cursorSeenAt = clock.instant();
        byTopic.clear();
        Set<String> running = new HashSet<>();
        for (StreamEntry entry : next.streams().values()) {
            byTopic.put(entry.topic(), entry);
            if (entry.status() == StreamStatus.RUNNING && wanted(entry.topic())) {
                lastRun.put(entry.topic(), entry.since());
                running.add(entry.topic());
            }
        }
        if (next.boundary() != null) {
            // also from an entry inside a transaction: the one that made the boundary may have been compacted away
            recent.add(new Boundaries.Mark(narrowed(next.boundary()), Set.copyOf(running)));
        }
    }

    /**
     * Forgets what was said of topics that are gone or are others now: their offsets cannot be compared with the next
     * topic's. One that is gone is forgotten at once, since its stream may begin again entries later, with another topic.
     */
    private void forgetOtherTopics(Cursor next) {
        Map<String, StreamEntry> present = new HashMap<>();
        next.streams().values().forEach(entry -> present.put(entry.topic(), entry));
        for (StreamEntry was : byTopic.values()) {
            StreamEntry is = present.get(was.topic());
            boolean same = is != null && is.topicId().equals(was.topicId()) && is.partitions() == was.partitions();
            if (!same && wanted(was.topic())) {
                recent.forget(was.topic());
                minutes.replaceAll((minute, boundary) -> Boundaries.without(boundary, was.topic()));
                historyChanged = true;
                lastRun.remove(was.topic());
            }
        }
    }

    private void applyMinute(String key, byte @Nullable [] value) {
        historyChanged = true;
        put(minutes, key, value == null ? null : narrowed(LedgerCodec.decodeBoundary(value)));
        if (minutes.size() > limit) {
            boolean odd = true;
            for (String minute : List.copyOf(minutes.keySet())) {
                if (odd) {
                    minutes.remove(minute);
                }
                odd = !odd;
            }
        }
    }

    private boolean wanted(String topic) {
        return topics.isEmpty() || topics.contains(topic);
    }

    private Boundary narrowed(Boundary boundary) {
        if (topics.isEmpty()) {
            return boundary;
        }
        Map<String, OffsetVector> offsets = new HashMap<>(boundary.offsets());
        offsets.keySet().retainAll(topics);
        return new Boundary(boundary.position(), boundary.completeTo(), offsets);
    }

    /** Returns the newest cursor, if one has been read. */
    public synchronized Optional<Cursor> cursor() {
        return Optional.ofNullable(cursor);
    }

    /** Returns when the newest cursor was applied, by this process's clock, if one has been read. */
    public synchronized Optional<Instant> cursorSeenAt() {
        return Optional.ofNullable(cursorSeenAt);
    }

    /** Returns the offset of the next record that is to be applied. */
    public synchronized long nextOffset() {
        return nextOffset;
    }

    /** Returns a schema record, if it has been read. */
    public synchronized Optional<SchemaRecord> schema(String stream, String version) {
        return Optional.ofNullable(schemas.get(LedgerKey.schema(stream, version)));
    }

    /** Returns a stream's entry in the newest cursor, if it has one. */
    public synchronized Optional<StreamEntry> stream(String stream) {
        return cursor == null
                ? Optional.empty()
                : Optional.ofNullable(cursor.streams().get(stream));
    }

    /** Returns the entry of the stream that has the topic in the newest cursor, if there is one. */
    public synchronized Optional<StreamEntry> streamOfTopic(String topic) {
        return Optional.ofNullable(byTopic.get(topic));
    }

    /** Returns the epochs by number, a copy. */
    public synchronized SortedMap<Integer, EpochRecord> epochs() {
        return new TreeMap<>(epochs);
    }

    /** Returns the timelines that were left, by number, a copy. */
    public synchronized SortedMap<Long, TimelineRecord> timelines() {
        return new TreeMap<>(timelines);
    }

    /**
     * Returns the newest boundary that counts for all of the topics and that the positions have passed.
     *
     * @param positions by topic for every partition the offset of the next record, as {@link StreamReader#position} gives
     *     it once everything before is applied
     * @param of the topics that the copy is made of
     */
    public synchronized Optional<Boundary> reached(Map<String, OffsetVector> positions, Set<String> of) {
        Optional<Position> from = allRunFrom(of);
        if (from.isEmpty()) {
            return Optional.empty();
        }
        Optional<Boundary> newest = recent.passed(positions, of, from.get(), mark -> counts(mark, of));
        return newest.isPresent() ? newest : history().passed(positions, of, from.get(), mark -> counts(mark, of));
    }

    /**
     * Returns the oldest known boundary that counts for all of the topics, lies at or above a position and that the reader's
     * positions have not passed: the next one that a reader can come to. Boundaries between may be known no more.
     *
     * @param positions as for {@link #reached}
     * @param of the topics that the copy is made of
     * @param atLeast below which no boundary is wanted
     */
    public synchronized Optional<Boundary> next(Map<String, OffsetVector> positions, Set<String> of, Position atLeast) {
        Optional<Position> from = allRunFrom(of);
        if (from.isEmpty()) {
            return Optional.empty();
        }
        Position lowest = from.get().isAfter(atLeast) ? from.get() : atLeast;
        Optional<Boundary> old = history().notPassed(positions, of, lowest, mark -> counts(mark, of));
        Optional<Boundary> young = recent.notPassed(positions, of, lowest, mark -> counts(mark, of));
        boolean takeOld = old.isPresent()
                && (young.isEmpty() || young.get().position().isAfter(old.get().position()));
        return takeOld ? old : young;
    }

    /** Returns since when all of the topics have run, in their last runs; empty if one has not. */
    private Optional<Position> allRunFrom(Set<String> of) {
        Position from = Position.boundary(0, 0);
        for (String topic : of) {
            Position ran = lastRun.get(topic);
            if (ran == null) {
                return Optional.empty();
            }
            from = ran.compareTo(from) > 0 ? ran : from;
        }
        return Optional.of(from);
    }

    /**
     * Returns the newest boundary at or below the position that counts for all of the topics: where a reader starts that
     * has everything up to the position by other means. It then skips what is at or below the position.
     */
    public synchronized Optional<Boundary> atOrBelow(Position position, Set<String> of) {
        Optional<Boundary> newest = recent.atOrBelow(position, mark -> counts(mark, of));
        return newest.isPresent() ? newest : history().atOrBelow(position, mark -> counts(mark, of));
    }

    private Boundaries history() {
        if (historyChanged) {
            history = new Boundaries(limit);
            minutes.values().forEach(b -> history.add(new Boundaries.Mark(b, null)));
            historyChanged = false;
        }
        return history;
    }

    private boolean counts(Boundaries.Mark mark, Set<String> of) {
        Position position = mark.boundary().position();
        for (String topic : of) {
            StreamEntry entry = byTopic.get(topic);
            Position ran = lastRun.get(topic);
            if (entry == null
                    || ran == null
                    || position.compareTo(ran) < 0
                    || !mark.names(topic)
                    || !mark.boundary().offsets().containsKey(topic)) {
                return false;
            }
            boolean holds =
                    switch (entry.status()) {
                        case RUNNING -> true;
                        case BROKEN, STOPPED -> mark.running() != null && position.compareTo(entry.since()) < 0;
                        case SNAPSHOTTING -> false;
                    };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns where a copy of these topics stands in the source's history, from which it answers tokens; empty before a
     * cursor has been read.
     *
     * @param reached the newest boundary that the copy has passed, or null
     * @param of the topics that the copy is made of
     */
    public synchronized Optional<CopyState> copyState(@Nullable Boundary reached, Set<String> of) {
        if (cursor == null) {
            return Optional.empty();
        }
        SortedMap<Long, Long> switches = new TreeMap<>();
        for (TimelineRecord left : timelines.values()) {
            if (left.system().equals(cursor.source().system())) {
                switches.put(left.timeline(), left.switchLsn());
            }
        }
        return Optional.of(new CopyState(
                cursor.source().name(),
                cursor.source().system(),
                cursor.source().timeline(),
                switches,
                cursor.epoch(),
                reached == null ? null : reached.position(),
                failure(cursor.epoch(), of)));
    }

    private CopyState.@Nullable Failure failure(int epoch, Set<String> of) {
        CopyState.Failure first = null;
        for (String topic : of) {
            StreamEntry entry = byTopic.get(topic);
            if (entry != null && (entry.status() == StreamStatus.BROKEN || entry.status() == StreamStatus.STOPPED)) {
                CopyState.Failure failure = CopyState.Failure.since(entry.since(), epoch, Reasons.notRunning(entry));
                if (first == null || failure.lsn() < first.lsn()) {
                    first = failure;
                }
            }
        }
        return first;
    }

    /**
     * Has a listener told after each applied record, on the thread that applied it. It must be quick; {@link
     * StreamReader#wakeup} is meant for it.
     */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes a listener away. */
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }
}
