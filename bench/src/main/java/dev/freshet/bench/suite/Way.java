package dev.freshet.bench.suite;

import dev.freshet.bench.load.Load;
import dev.freshet.bench.load.TableRows;

/**
 * A way from a transaction to a topic.
 *
 * @param candidate who brings it there
 * @param load what is written for it
 * @param pace how it works
 */
record Way(Candidate candidate, Load load, Pace pace) {
    /** How a way works. */
    enum Pace {
        /** It relays what others commit, in their order. */
        IN_ORDER,

        /**
         * It does one call after the other, in any order, and those of its own transactions at once: so it is given less to
         * drain, and where latency is measured its own JVM writes.
         */
        CALL_BY_CALL
    }

    private static final int SLOW = 30;

    /** Returns a candidate's way with the rows of a table. */
    static Way ofRows(Candidate candidate) {
        return of(candidate, new TableRows());
    }

    /** Returns a way that keeps the order. */
    static Way of(Candidate candidate, Load load) {
        return new Way(candidate, load, Pace.IN_ORDER);
    }

    /** How many of so many events it is given to drain. */
    long share(long events) {
        return inOrder() ? events : Math.max(1, events / SLOW);
    }

    boolean inOrder() {
        return pace == Pace.IN_ORDER;
    }

    /** Whether its own JVM must write what is measured for its latency. */
    boolean writes() {
        return pace == Pace.CALL_BY_CALL;
    }
}
