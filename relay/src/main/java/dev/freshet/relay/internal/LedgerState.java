package dev.freshet.relay.internal;

import dev.freshet.capture.Harm;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.Mending;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.SourceLoss;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.model.ledger.VanishedKeys;
import dev.freshet.relay.port.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the next ledger entry will say. Changes of a stream are collected and take effect with the entry that is written
 * next; records beside the cursor (schemas, catalogs, history) are written with it. Belongs to the relay's thread.
 */
public final class LedgerState {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerState.class);

    private final String incarnation;
    private final SourceIdentity source;
    private final int epoch;
    private final Map<String, StreamEntry> streams = new TreeMap<>();
    private final Map<String, byte @Nullable []> beside = new LinkedHashMap<>();
    private final Set<String> schemas = new HashSet<>();
    /** Re-snapshots that get the ends of their topics at the next boundary. */
    private final Set<String> endsDue = new HashSet<>();

    private List<StreamEntry> durable = List.of();
    private Map<String, String> options;
    private Position write;
    private Boundary boundary;
    private @Nullable Position wholeAt;
    private @Nullable SourceLoss loss;
    private @Nullable Instant completeTo;
    private boolean changed;

    /**
     * Creates the state that goes on from an entry.
     *
     * @param incarnation the id of who writes from here on
     * @param source the source's identity
     * @param last the newest entry, which has a boundary
     */
    public LedgerState(String incarnation, SourceIdentity source, Cursor last) {
        this.incarnation = incarnation;
        this.source = source;
        this.epoch = last.epoch();
        this.options = last.options();
        this.write = last.write();
        this.boundary = Objects.requireNonNull(last.boundary());
        this.wholeAt = last.wholeAt();
        this.loss = last.loss();
        this.completeTo = boundary.completeTo();
        streams.putAll(last.streams());
    }

    /** Returns the server whose log is followed, as far as the last boundary. */
    ServerSeen server() {
        return new ServerSeen(
                source.system(), source.timeline(), boundary.position().lsn());
    }

    /** Returns the source's epoch. */
    public int epoch() {
        return epoch;
    }

    /** Returns why the log cannot be followed any more, or null while it can. */
    public @Nullable SourceLoss loss() {
        return loss;
    }

    /** Returns the last change in the topics, or the boundary. */
    public Position write() {
        return write;
    }

    /** Returns the last boundary. */
    public Boundary boundary() {
        return boundary;
    }

    /** Returns the last boundary at which all topics of running streams were whole; the source's beginning if none is known. */
    public Position wholeAt() {
        return wholeAt == null ? Position.boundary(epoch, 0) : wholeAt;
    }

    /** Takes note that all topics of running streams were whole at a boundary that is durable, or the last one. */
    public void wholeAt(Position seen) {
        if (wholeAt == null || seen.isAfter(wholeAt)) {
            wholeAt = seen;
            changed = true;
        }
    }

    /** Returns whether something waits to be written although no change does. */
    public boolean isChanged() {
        return changed;
    }

    /** Returns the streams as the last durable entry has them: what may be shown to others. */
    public List<StreamEntry> durableStreams() {
        return durable;
    }

    /** Returns the streams. */
    public Collection<StreamEntry> streams() {
        return streams.values();
    }

    /** Returns a stream's entry, or null. */
    public @Nullable StreamEntry stream(String name) {
        return streams.get(name);
    }

    /** Sets a stream's entry. */
    public void put(StreamEntry entry) {
        if (!entry.equals(streams.put(entry.stream(), entry))) {
            changed = true;
        }
    }

    /** Takes a stream's entry, catalog and schemas away. */
    public void forget(String stream, Set<String> ledgerKeys) {
        streams.remove(stream);
        ledgerKeys.stream()
                .filter(k -> k.equals(LedgerKey.catalog(stream)) || k.startsWith(LedgerKey.SCHEMA + stream + '/'))
                .forEach(k -> beside.put(k, null));
        changed = true;
    }

    /**
     * Breaks a stream, unless it is stopped already.
     *
     * @param by what mends it
     */
    public void breakStream(String stream, Position at, String reason, Mending by) {
        StreamEntry entry = streams.get(stream);
        if (entry != null && entry.status() != StreamStatus.STOPPED) {
            put(entry.broken(at, reason, by));
        }
    }

    /**
     * Takes note that the log cannot be followed any more from the last boundary on, which breaks every stream.
     *
     * @param found the loss, in the place of one that stands there
     * @param reason what happened, what is missing and what helps
     */
    public void lose(SourceLoss found, String reason) {
        loss = found;
        changed = true;
        for (StreamEntry entry : List.copyOf(streams.values())) {
            // a topic that is at fault needs its own mending afterwards
            if (entry.status() != StreamStatus.STOPPED && entry.mending() != Mending.TOPIC) {
                put(entry.broken(boundary.position(), reason, Mending.SOURCE));
            }
        }
    }

    /** Takes note that an operator has said that the source is the right one, after a loss; without one there is nothing to do. */
    public void mayBeginAnew() {
        if (loss != null) {
            loss = loss.granted();
            changed = true;
        }
    }

    /** Breaks a stream for what has happened to its table, and logs it once with what helps. */
    public void breakAndWarn(String stream, Position at, Harm harm, String reason) {
        StreamEntry before = streams.get(stream);
        breakStream(stream, at, reason, harm == Harm.KEY ? Mending.TOPIC : Mending.ROWS);
        StreamEntry after = streams.get(stream);
        if (after != null && !after.equals(before)) {
            LOG.warn("{}", after.trouble());
        }
    }

    /** Has a stream's rows read anew, if boundaries speak for it; one that is broken waits for an operator. */
    public void readAnew(String stream, Position at, String reason) {
        StreamEntry entry = streams.get(stream);
        if (entry != null && entry.status().isClaimed()) {
            endsDue.remove(stream);
            put(entry.readAnew(at, reason));
            LOG.warn("The rows of stream '{}' are read anew, since at {}: {}", stream, at, reason);
        }
    }

    /** Returns the re-snapshots that do not know yet up to where their topics may have keys that have vanished. */
    public Set<String> awaitingEnds() {
        Set<String> awaiting = new HashSet<>();
        for (StreamEntry e : streams.values()) {
            if (awaitsEnd(e) && !endsDue.contains(e.stream())) {
                awaiting.add(e.stream());
            }
        }
        return awaiting;
    }

    private static boolean awaitsEnd(StreamEntry e) {
        SnapshotProgress p = e.snapshot();
        return p != null && p.keys() != null && p.keys().end() == null;
    }

    /**
     * Has re-snapshots get the ends of their topics at the next boundary, since the log was read up to what was committed
     * after they had begun: only then does the topic have every key that has vanished.
     */
    public void endsDue(Set<String> awaiting) {
        if (endsDue.addAll(awaiting)) {
            changed = true;
        }
    }

    private void endsKnown(Map<String, OffsetVector> ends) {
        for (StreamEntry e : List.copyOf(streams.values())) {
            SnapshotProgress p = e.snapshot();
            OffsetVector end = ends.get(e.topic());
            if (p != null && awaitsEnd(e) && end != null && endsDue.remove(e.stream())) {
                put(e.snapshotting(e.since(), p.withKeys(new VanishedKeys(end, null))));
            }
        }
    }

    /** Notes how far a snapshot has come, or that it is done. */
    public void snapshotted(String stream, Position at, SnapshotProgress progress, boolean done) {
        StreamEntry entry = streams.get(stream);
        if (entry != null && entry.status() == StreamStatus.SNAPSHOTTING) {
            StreamEntry further = entry.snapshotting(at, progress);
            put(done ? further.running(at) : further);
            if (done) {
                LOG.info("Stream {}: its rows are read, {} of them; it runs from here on", stream, progress.rowsDone());
            }
        }
    }

    /** Takes note that the ledger has this schema record already. */
    public void knowSchema(String key) {
        schemas.add(key);
    }

    /** Makes a schema the newest of its stream and sees to it that the ledger has it. */
    public void schema(SchemaRecord schema) {
        String key = LedgerKey.schema(schema.stream(), schema.version());
        if (schemas.add(key)) {
            beside(key, LedgerCodec.encode(schema));
        }
        StreamEntry entry = streams.get(schema.stream());
        if (entry != null) {
            put(entry.withSchemaVersion(schema.version()));
        }
    }

    /** Sets the catalog text of a stream. */
    public void catalog(String stream, String text) {
        beside(LedgerKey.catalog(stream), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a record that is written with the next entry; null takes the key away. */
    public void beside(String key, byte @Nullable [] value) {
        beside.put(key, value);
        changed = true;
    }

    /** Sets the server options under which the log is decoded. */
    public void options(Map<String, String> serverOptions) {
        options = Map.copyOf(serverOptions);
    }

    /** Raises the time to which the topics are complete; it takes effect with the next boundary. */
    public void completeTo(Instant time) {
        if (completeTo == null || time.isAfter(completeTo)) {
            completeTo = time;
            changed = true;
        }
    }

    /** Moves on inside a transaction. */
    public void advanceInside(Position lastWritten) {
        write = lastWritten;
    }

    /**
     * Moves on to a boundary.
     *
     * @param lsn the end of a commit record, or an LSN outside transactions
     * @param ends the ends of the topics, with everything up to there
     */
    public void advanceTo(long lsn, Map<String, OffsetVector> ends) {
        Position position = Position.boundary(epoch, lsn);
        if (position.isAfter(write)) {
            // what was sent at the boundary itself, such as events that the outbox had before, stays below what is sent
            // next
            write = position;
        }
        boundary = new Boundary(position, completeTo, ends);
        endsKnown(ends);
    }

    /** Writes the entry and what stands beside it into the open batch. */
    public void writeTo(TopicWriter writer, Instant now) {
        beside.forEach(writer::writeLedger);
        writer.writeLedger(LedgerKey.CURSOR, LedgerCodec.encode(cursor(now)));
    }

    /** Takes note that what {@link #writeTo} wrote is durable. */
    public void written() {
        beside.clear();
        changed = false;
        durable = List.copyOf(streams.values());
    }

    /** Goes back to the last durable entry: what was to be written with the next one is void, since its batch is. */
    public void giveUp() {
        beside.clear();
        endsDue.clear();
        streams.clear();
        durable.forEach(e -> streams.put(e.stream(), e));
    }

    private Cursor cursor(Instant now) {
        return new Cursor(
                incarnation,
                source,
                epoch,
                write,
                options,
                boundary,
                wholeAt,
                loss,
                write.equals(boundary.position()),
                now,
                streams);
    }
}
