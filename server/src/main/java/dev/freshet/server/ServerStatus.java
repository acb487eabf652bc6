package dev.freshet.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server does at one moment; as JSON, what {@code /status} and {@code freshet status --json} give.
 *
 * @param version the version of Freshet
 * @param startedAt when the server was started
 * @param ready whether all that is configured works and moves, and each replica has caught up with what its topics held when it
 *     started
 * @param problems what does not, each a sentence; empty if ready
 * @param sources the sources in the order of the file
 * @param streams the streams in the order of the file
 * @param replicas the replicas in the order of the file
 */
public record ServerStatus(
        String version,
        Instant startedAt,
        boolean ready,
        List<String> problems,
        List<SourceStatus> sources,
        List<StreamStatus> streams,
        List<ReplicaStatus> replicas) {
    /** Copies the lists. */
    public ServerStatus {
        problems = List.copyOf(problems);
        sources = List.copyOf(sources);
        streams = List.copyOf(streams);
        replicas = List.copyOf(replicas);
    }

    /**
     * Returns the status with further problems, which are told first.
     *
     * @param further what does not work, each a sentence; empty if there is nothing more
     */
    ServerStatus withProblems(List<String> further) {
        if (further.isEmpty()) {
            return this;
        }
        List<String> all = new ArrayList<>(further);
        all.addAll(problems);
        return new ServerStatus(version, startedAt, false, all, sources, streams, replicas);
    }

    /**
     * A source.
     *
     * @param name its name
     * @param state {@code starting}, {@code standby} (another relay leads), {@code running}, {@code retrying} (a server is
     *     away), {@code failed} (ended; {@code reason} says why and what helps) or {@code stopped}
     * @param reason why it is so; null if there is nothing to say
     * @param position the last durable boundary as text; null before there is one
     * @param completeTo the time by the source's clock to which the topics are complete; null before it was measured
     * @param lagBytes bytes of the source's log that are not relayed yet; -1 if unknown
     * @param retainedWalBytes bytes of log that the slot holds back; -1 if unknown
     * @param recordsSent records written since the start
     * @param deadLetters events that have become dead letters since the start
     * @param alarms what needs a person, each a sentence
     */
    public record SourceStatus(
            String name,
            String state,
            @Nullable String reason,
            @Nullable String position,
            @Nullable Instant completeTo,
            long lagBytes,
            long retainedWalBytes,
            long recordsSent,
            long deadLetters,
            List<String> alarms) {
        /** Copies the list. */
        public SourceStatus {
            alarms = List.copyOf(alarms);
        }
    }

    /**
     * A stream.
     *
     * @param name its name
     * @param topic its topic
     * @param state {@code snapshotting}, {@code running}, {@code broken} or {@code stopped} as the ledger has it; {@code
     *     waiting} before the ledger has it, {@code elsewhere} if another Freshet captures it
     * @param reason for a broken or stopped stream, what happened and what helps; for one whose rows are read anew, why; else
     *     null
     * @param since since which position it has the state; null if unknown
     * @param snapshot how far its snapshot is
     */
    public record StreamStatus(
            String name,
            String topic,
            String state,
            @Nullable String reason,
            @Nullable String since,
            Snapshot snapshot) {}

    /**
     * A stream's snapshot.
     *
     * @param state {@code waiting}, {@code running}, {@code done} or {@code unknown}; {@code none} of a stream of events, but {@code
     *     running} while the events are sent that its outbox table had before
     * @param rowsDone rows, or events, written; -1 if unknown
     * @param rowsEstimated rows that there may be in all; -1 if unknown
     * @param rowsPerSecond rows read a second, of late; 0 if it does not run
     * @param phase {@code rows}, or {@code vanished keys} once the rows are read anew and what the table does not have any more
     *     is looked for; {@code events} of before; null if it is not under way
     * @param vanishedPercent how much of the topic was looked through for vanished keys; -1 if it is not
     * @param paused whether an operator has paused it
     */
    public record Snapshot(
            String state,
            long rowsDone,
            long rowsEstimated,
            long rowsPerSecond,
            @Nullable String phase,
            int vanishedPercent,
            boolean paused) {
        /** Creates one that is not under way. */
        public Snapshot(String state, long rowsDone, long rowsEstimated) {
            this(state, rowsDone, rowsEstimated, 0, null, -1, false);
        }

        /** Returns that of a stream that has none, since its topic holds events and no table's rows. */
        public static Snapshot none() {
            return new Snapshot("none", -1, -1);
        }
    }

    /**
     * A replica.
     *
     * @param name its name
     * @param state {@code starting}, {@code filling}, {@code waiting} (for topics, or for another instance that fills), {@code
     *     running}, {@code standby} (another instance is active), {@code retrying} (no stream can be copied for now), {@code
     *     failed} or {@code stopped}
     * @param reason why it is so, or why it is not complete; null if there is nothing to say
     * @param position the newest boundary that its copies have passed, as text; null before there is one
     * @param completeTo the time by the source's clock up to which the copies are complete; null before it was measured
     * @param freshnessMillis how long ago that was, in milliseconds; -1 if unknown
     * @param changesBehind records in the topics that are not applied yet; -1 if unknown
     * @param complete whether the copies are provably complete up to that time
     * @param caughtUp whether the copies have had, since this server started the replica, all that its topics held then; it stays
     *     so
     * @param changesApplied records applied since the start
     * @param parkedKeys keys that stand still since the table refuses their newest records; -1 if unknown
     * @param consistency {@code per-key} or {@code per-transaction}
     * @param active the instance of a {@code per-transaction} replica that is active, as {@code process@machine/number}; null if
     *     none is known, or the replica is {@code per-key}
     */
    public record ReplicaStatus(
            String name,
            String state,
            @Nullable String reason,
            @Nullable String position,
            @Nullable Instant completeTo,
            long freshnessMillis,
            long changesBehind,
            boolean complete,
            boolean caughtUp,
            long changesApplied,
            long parkedKeys,
            String consistency,
            @Nullable String active) {}
}
