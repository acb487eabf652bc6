package dev.freshet.simulation;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a world has beside its tables where its source publishes events. */
final class Events {
    final EventConfig config;
    final LetterOperator letters;
    final EventOracle oracle;

    Events(SimDatabase db, SimKafka kafka, Publishing publishing) {
        this.config = new EventConfig(publishing);
        this.letters = new LetterOperator(kafka, config);
        this.oracle = new EventOracle(new LogTruths(db), kafka);
    }

    /** Returns why not every event is where it belongs, or null if it is, or none is taken. */
    @Nullable
    String unfinished() {
        return config.takesEvents() ? oracle.unfinished(config.streams()) : null;
    }

    /** Has the operator configure all streams, and send all letters; returns why one is not sent, or null. */
    @Nullable
    String sendAll(World world) {
        for (int step = 0; step < 3; step++) {
            world.configure();
        }
        String unfinished = world.calm();
        Set<String> streams = Set.of(EventConfig.FIRST, EventConfig.SECOND);
        if (unfinished == null) {
            streams.forEach(letters::redrive);
            unfinished = world.calm();
        }
        return unfinished == null ? oracle.waiting(streams) : unfinished;
    }
}
