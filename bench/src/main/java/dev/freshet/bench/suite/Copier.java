package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.CopyWatch;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalDouble;

/** Whoever makes a copy of the table in a case. Nothing runs until it is launched. Belongs to one thread. */
abstract class Copier implements AutoCloseable {
    private final Scene scene;

    Copier(Scene scene) {
        this.scene = scene;
    }

    /** Makes one for a scene. */
    interface Entry {
        Copier enter(Scene scene) throws Exception;
    }

    /** Its name in the report. */
    abstract String label();

    /** What it stands for there. */
    abstract Candidate.Role role();

    /** The table of the copy. */
    abstract String table();

    /** Begins, or goes on, in a JVM of its own if it has one; returns when. */
    abstract Instant launch() throws SQLException;

    /** Goes on after {@link #stop}, in the same JVM; returns when. */
    abstract Instant begin() throws SQLException;

    /** Throws if it has failed. */
    abstract void check();

    /** Stops copying, so that it can go on; its JVM stays. */
    abstract void stop() throws SQLException;

    /** Ends the JVM. */
    abstract void end();

    /** The most memory that the JVM has held; empty if there is none. */
    abstract OptionalDouble peakMegabytes();

    /**
     * Fills one more copy from the topic, by a JVM that does nothing else.
     *
     * @return the rows per second from the launch of the JVM; empty if it knows no topic
     */
    abstract OptionalDouble fillFromTopic(long rows) throws SQLException;

    @Override
    public abstract void close() throws SQLException;

    /** Where it copies. */
    final Scene scene() {
        return scene;
    }

    /**
     * Brings it to where changes flow, and ends it: the table's rows are in the copy, and after it one that is inserted here.
     *
     * @param canary the id of that row
     */
    final void establish(long canary) throws SQLException {
        launch();
        awaitFlow(canary);
        stop();
        end();
    }

    /** Waits until the copy is equal to its source, and once more when a row of this id is inserted. */
    final void awaitFlow(long canary) throws SQLException {
        awaitEqual(0);
        BenchTable.insertAtOnce(scene.source(), canary, canary);
        awaitEqual(0);
    }

    /**
     * Waits until the copy is equal to its source.
     *
     * @param before the highest id that was in the copy before; 0 for none
     */
    final CopyWatch.Arrival awaitEqual(long before) throws SQLException {
        return CopyWatch.await(scene.source(), scene.target(), table(), before, this::check);
    }
}
