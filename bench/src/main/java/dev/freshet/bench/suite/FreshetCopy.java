package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.process.Child;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalDouble;

/** Freshet's copy in a case: relay and replica in one JVM. */
final class FreshetCopy {
    /** The table of the copy. */
    static final String TABLE = Entrant.COPY;

    private static final String REPLICA_ONLY = "freshet_replica_only";

    private final Scene scene;
    private final Connection target;
    private final Entrant entrant;

    private FreshetCopy(Scene scene, Connection target, Entrant entrant) {
        this.scene = scene;
        this.target = target;
        this.entrant = entrant;
    }

    /** Enters it; nothing runs yet. */
    static FreshetCopy enter(Scene scene, Connection target) throws Exception {
        return new FreshetCopy(scene, target, scene.enter(Candidate.way(), true));
    }

    /**
     * Brings it to where changes flow: the table's rows are in the copy, and after it one that is inserted here.
     *
     * @param canary the id of that row
     */
    void establish(long canary) throws SQLException {
        entrant.launch();
        entrant.begin();
        awaitEqual(0);
        BenchTable.insertAtOnce(scene.source(), canary, canary);
        awaitEqual(0);
        entrant.stop();
        entrant.end();
    }

    /** Launches the JVM and begins; returns when the JVM was launched. */
    Instant launch() {
        entrant.launch();
        entrant.begin();
        return entrant.launched();
    }

    /** Begins again in the same JVM; returns when. */
    Instant begin() {
        Instant now = Instant.now();
        entrant.begin();
        return now;
    }

    /**
     * Waits until the copy is equal to its source.
     *
     * @param before the highest id that was in the copy before; 0 for none
     */
    CopyWatch.Arrival awaitEqual(long before) throws SQLException {
        return CopyWatch.await(scene.source(), target, TABLE, before, entrant::check);
    }

    /** Throws if it has failed. */
    void check() {
        entrant.check();
    }

    /** Ends its work; the JVM stays. */
    void stop() {
        entrant.stop();
    }

    /** The most memory that the JVM has held. */
    OptionalDouble peakMegabytes() {
        return entrant.peakMegabytes();
    }

    /**
     * Fills one more copy from the topic, by a replica alone in a JVM of its own.
     *
     * @return the rows per second, from the launch of the JVM
     */
    double fillFromTopic(long rows) throws SQLException {
        Candidate candidate = Candidate.replica();
        try (Child child = Child.launch(candidate.label(), candidate.program(), candidate.jvmOptions())) {
            child.start(entrant.copySettings(REPLICA_ONLY));
            Instant there = CopyWatch.await(scene.source(), target, REPLICA_ONLY, 0, child::check)
                    .last();
            child.stop();
            return new Span(child.launched(), there, rows).rate();
        }
    }
}
