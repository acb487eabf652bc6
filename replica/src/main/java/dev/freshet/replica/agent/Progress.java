package dev.freshet.replica.agent;

import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.state.Owned;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.Partition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the agents of a replica know, for each other and for its status. For any thread. */
public final class Progress {
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private volatile ReplicaStatus.State state = ReplicaStatus.State.STARTING;
    private volatile @Nullable String reason;
    private volatile @Nullable Sources sources;
    private volatile @Nullable Sources lost;
    private volatile Set<Partition> leftOut = Set.of();
    private volatile Map<String, String> held = Map.of();
    private volatile long fillRows;
    private volatile boolean prepareAgain;
    private volatile Map<String, Freshness> freshness = Map.of();
    private volatile List<Owned> partitions = List.of();

    /** Creates the progress of a replica that is starting. */
    public Progress() {}

    /** Sets what the replica is doing and, if it is kept from it, by what. */
    public void state(ReplicaStatus.State now, @Nullable String why) {
        reason = why;
        state = now;
    }

    /** Returns what the replica is doing. */
    public ReplicaStatus.State state() {
        return state;
    }

    /** Returns whether the partitions are applied, or would be if a table could be filled. */
    boolean applies() {
        ReplicaStatus.State now = state;
        return now == ReplicaStatus.State.RUNNING || now == ReplicaStatus.State.RETRYING;
    }

    /** Returns what keeps it from its work, or null. */
    public @Nullable String reason() {
        return reason;
    }

    /** Sets the sources, once they have been found. */
    public void sources(Sources found) {
        sources = found;
    }

    /** Returns the sources, or null before they have been found. */
    public @Nullable Sources sources() {
        return sources;
    }

    /** Gives sources up whose ledger is not the one any more that was read: they must be found anew. */
    public void lose(Sources given) {
        lost = given;
        sources = null;
    }

    /** Returns whether these are sources that were given up. */
    public boolean isLost(Sources given) {
        return given == lost;
    }

    /** Counts applied records and a commit. */
    public void applied(int records) {
        applied.addAndGet(records);
        commits.incrementAndGet();
    }

    /** Returns how many records were applied since the start. */
    public long applied() {
        return applied.get();
    }

    /** Returns a number that changes with each commit, and with whatever else is to be reported soon. */
    public long commits() {
        return commits.get();
    }

    /** Has the applying agent give up what it holds and prepare again, since a table is to be filled anew. */
    public void prepareAgain() {
        prepareAgain = true;
    }

    /** Returns whether {@link #prepareAgain} was called since this was last asked. */
    public boolean takePrepareAgain() {
        boolean asked = prepareAgain;
        prepareAgain = false;
        return asked;
    }

    /** Sets the partitions of this instance that it does not apply, since no fill knows them (yet). */
    public void leftOut(Set<Partition> partitions) {
        leftOut = Set.copyOf(partitions);
    }

    /** Returns the partitions of this instance that it does not apply. */
    public Set<Partition> leftOut() {
        return leftOut;
    }

    /** Sets the streams whose tables cannot be filled for now, with the reason in a sentence; the freshness agent tells it. */
    public void held(Map<String, String> reasonByStream) {
        held = Map.copyOf(reasonByStream);
        commits.incrementAndGet();
    }

    /** Returns the streams whose tables cannot be filled for now, with the reason. */
    public Map<String, String> held() {
        return held;
    }

    /** Sets how many rows the running fill has copied. */
    public void fillRows(long rows) {
        fillRows = rows;
    }

    /** Returns how many rows the running (or last) fill has copied. */
    public long fillRows() {
        return fillRows;
    }

    /** Sets the freshness found last, by source. */
    public void freshness(Map<String, Freshness> bySource) {
        freshness = Map.copyOf(new TreeMap<>(bySource));
    }

    /** Returns the freshness found last, by source. */
    public Map<String, Freshness> freshness() {
        return freshness;
    }

    /** Sets the partitions' rows as read last. */
    public void partitions(List<Owned> rows) {
        partitions = List.copyOf(rows);
    }

    /** Returns the partitions' rows as read last, of all instances. */
    public List<Owned> partitions() {
        return partitions;
    }
}
