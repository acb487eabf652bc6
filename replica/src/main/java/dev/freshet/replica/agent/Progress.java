package dev.freshet.replica.agent;

import dev.freshet.replica.ReplicaStatus;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.Owned;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.Partition;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the agents of a replica know, for each other and for its status. For any thread. */
public final class Progress {
    private final boolean waits;
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private volatile ReplicaStatus.State state = ReplicaStatus.State.STARTING;
    private volatile @Nullable String reason;
    private volatile @Nullable Sources sources;
    private final Set<Sources> lost = new HashSet<>();
    private final Semaphore filled = new Semaphore(0);
    private final Map<User, Sources> used = new EnumMap<>(User.class);
    private volatile List<StreamTarget> toFill = List.of();
    private volatile FillAgent.Place filling = FillAgent.Place.NOWHERE;
    private volatile Set<Partition> leftOut = Set.of();
    private volatile Map<String, String> held = Map.of();
    private volatile long fillRows;
    private volatile boolean prepareAgain;
    private volatile boolean caughtUp;
    private volatile Map<String, Freshness> freshness = Map.of();
    private volatile List<Owned> partitions = List.of();
    private volatile long parkedKeys = -1;

    /** Who works with the sources beside the applying agent, which closes those that were lost. */
    enum User {
        /** The filling agent. */
        FILLS,
        /** The freshness agent. */
        FRESHNESS
    }

    private volatile @Nullable TopicIds topicIds;
    private volatile long generation;
    private volatile @Nullable String activeInstance;

    /** Creates the progress of a replica that is starting, whose agents have a thread each. */
    public Progress() {
        this(true);
    }

    private Progress(boolean waits) {
        this.waits = waits;
    }

    /** Creates the progress of a replica whose agents work in turns in one thread, where no agent can wait for another. */
    public static Progress inOneThread() {
        return new Progress(false);
    }

    /** Sets what the brokers said of the topics' ids. */
    void topicIds(TopicIds told) {
        topicIds = told;
    }

    /** Returns what the brokers said last of the topics' ids, or null. */
    @Nullable
    TopicIds topicIds() {
        return topicIds;
    }

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

    /** Sets the sources, once they have been found; those that were given up since are not taken. */
    public synchronized void sources(Sources found) {
        if (lost.contains(found)) {
            return;
        }
        sources = found;
    }

    /** Returns the sources, or null before they have been found. */
    public @Nullable Sources sources() {
        return sources;
    }

    /**
     * Gives sources up that must be found anew, since a ledger is not the one any more that was read, or a stream that was
     * missing is there.
     *
     * @param given sources that the caller has said it uses
     */
    public synchronized void lose(Sources given) {
        lost.add(given);
        if (sources == given) {
            sources = null;
        }
    }

    /** Returns whether these are sources that were given up and are not closed yet. */
    synchronized boolean isLost(Sources given) {
        return lost.contains(given);
    }

    /** Returns the sources, for an agent that says so each time that it works; it uses none that it was given before. */
    synchronized @Nullable Sources use(User user) {
        Sources now = sources;
        if (now == null) {
            used.remove(user);
        } else {
            used.put(user, now);
        }
        return now;
    }

    /** The agent has ended, or uses no sources for now. */
    synchronized void release(User user) {
        used.remove(user);
    }

    /**
     * Closes the sources that were given up, but for those that are in use.
     *
     * @param mine those that the caller may be using, or null
     */
    synchronized void closeLost(@Nullable Sources mine) {
        for (Sources given : Set.copyOf(lost)) {
            if (given != mine && !used.containsValue(given)) {
                lost.remove(given);
                given.close();
            }
        }
    }

    /** Sets the streams whose tables are to be filled, as the database has just said, and those that are missing. */
    void toFill(List<StreamTarget> streams) {
        toFill = List.copyOf(streams);
    }

    /** Returns the streams whose tables are to be filled, in a list that is another one each time that it was set. */
    List<StreamTarget> toFill() {
        return toFill;
    }

    /** Sets where a table is filled. */
    void filling(FillAgent.Place place) {
        filling = place;
    }

    /** Returns where a table is filled. */
    FillAgent.Place filling() {
        return filling;
    }

    /** Tells the applying agent that a table was filled, here or elsewhere. */
    void filled() {
        filled.release();
    }

    /** Returns whether {@link #filled} was called since this was last asked. */
    boolean takeFilled() {
        return filled.drainPermits() > 0;
    }

    /** Waits for something to do: until {@link #filled} is called, at most for the given time. */
    void idle(Duration limit) throws InterruptedException {
        if (!waits) {
            filled.drainPermits();
        } else if (filled.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            filled.drainPermits();
        }
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

    /** All tables are filled, and have had all that their topics held when this instance began, or later; it stays so. */
    void caughtUp() {
        caughtUp = true;
    }

    /** Returns whether {@link #caughtUp} was called. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /**
     * Tells which instance of a {@code per-transaction} replica is active.
     *
     * @param instance its name, or null if it is not known
     * @param ours the generation that this instance names in its commits, or 0 if another one is active
     */
    void active(@Nullable String instance, long ours) {
        activeInstance = instance;
        generation = ours;
    }

    /** Returns the generation of this instance, or 0 if it is not the active one. */
    long generation() {
        return generation;
    }

    /** Returns the name of the active instance, or null if it is not known, or the replica is {@code per-key}. */
    public @Nullable String activeInstance() {
        return activeInstance;
    }

    /** Sets how many keys of the replica are parked, as read last. */
    void parkedKeys(long keys) {
        parkedKeys = keys;
    }

    /** Returns how many keys of the replica are parked, by whichever instance; -1 before it was read. */
    public long parkedKeys() {
        return parkedKeys;
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
