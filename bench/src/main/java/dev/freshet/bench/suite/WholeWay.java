package dev.freshet.bench.suite;

import java.util.List;

/** Who takes part where the whole way is measured, from a table to its copy. */
final class WholeWay {
    private WholeWay() {}

    /** Returns all of them, in the order of their turns: the first through Kafka warms its broker up for both who are compared. */
    static List<Copier.Entry> copiers() {
        return List.of(
                Subscription::enter,
                scene -> new JvmCopier(scene, Candidate.leanWay(), Candidate.replica()),
                scene -> new JvmCopier(scene, Candidate.debeziumWay(), Candidate.debeziumSink()),
                freshet());
    }

    /** Returns Freshet alone. */
    static Copier.Entry freshet() {
        return scene -> new JvmCopier(scene, Candidate.way(), Candidate.replica());
    }
}
