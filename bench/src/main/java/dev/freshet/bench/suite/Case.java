package dev.freshet.bench.suite;

import dev.freshet.bench.Measurement;
import java.util.function.Consumer;

/** One case of a command: it sets the scene, runs all contenders in turn, and reports. */
public interface Case {
    /** The name that {@code --only} takes. */
    String name();

    /**
     * Runs the case.
     *
     * @param servers the servers of the run
     * @param report takes each measurement as soon as it is made
     * @throws Exception if a contender fails or its result is wrong
     */
    void run(Servers servers, Consumer<Measurement> report) throws Exception;
}
