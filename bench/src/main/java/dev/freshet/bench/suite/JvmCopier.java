package dev.freshet.bench.suite;

import dev.freshet.bench.load.CopyWatch;
import dev.freshet.bench.load.Span;
import dev.freshet.bench.process.Child;
import dev.freshet.bench.process.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/** A copier whose whole way, from the table to the copy, is one JVM. */
final class JvmCopier extends Copier {
    private static final String FROM_TOPIC = "_from_topic";

    private final Entrant entrant;
    private final Candidate fromTopic;

    /**
     * Enters it.
     *
     * @param way the whole way
     * @param fromTopic that which copies from the topic alone
     */
    JvmCopier(Scene scene, Candidate way, Candidate fromTopic) throws Exception {
        super(scene);
        this.entrant = scene.enter(way, true);
        this.fromTopic = fromTopic;
    }

    @Override
    String label() {
        return entrant.candidate().label();
    }

    @Override
    Candidate.Role role() {
        return entrant.candidate().role();
    }

    @Override
    String table() {
        return entrant.copy();
    }

    @Override
    Instant launch() {
        entrant.launch();
        entrant.begin();
        return entrant.launched();
    }

    @Override
    Instant begin() {
        Instant now = Instant.now();
        entrant.begin();
        return now;
    }

    @Override
    void check() {
        entrant.check();
    }

    @Override
    void stop() {
        entrant.stop();
    }

    @Override
    void end() {
        entrant.end();
    }

    /** What the JVM holds just now; empty where that cannot be known. */
    Optional<Usage> usage() {
        return entrant.usage();
    }

    @Override
    OptionalDouble peakMegabytes() {
        return entrant.peakMegabytes();
    }

    @Override
    OptionalDouble fillFromTopic(long rows) throws SQLException {
        String copy = table() + FROM_TOPIC;
        try (Child child = Child.launch(fromTopic.label(), fromTopic.program(), fromTopic.jvmOptions())) {
            child.start(entrant.copySettings(copy));
            Instant there = CopyWatch.await(scene().source(), scene().target(), copy, 0, child::check)
                    .last();
            child.stop();
            return OptionalDouble.of(new Span(child.launched(), there, rows).rate());
        }
    }

    @Override
    public void close() {
        // the scene closes the entrant
    }
}
