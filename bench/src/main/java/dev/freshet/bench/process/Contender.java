package dev.freshet.bench.process;

/**
 * A program under measurement. It has a public constructor without parameters and works in a JVM of its own.
 *
 * <p>{@link #start} and {@link #stop} are called in turns by one thread, any number of times: the first round is measured
 * as cold, the later ones as warm.
 */
public interface Contender {
    /**
     * Begins the work on threads of its own and returns.
     *
     * @param settings where the servers are and what is to be done
     * @param signals what the parent is told
     * @throws Exception if it cannot begin; the measurement fails
     */
    void start(Settings settings, Signals signals) throws Exception;

    /**
     * Ends the work in order, so that the next start goes on where it stopped.
     *
     * @throws Exception if it cannot; the measurement fails
     */
    void stop() throws Exception;
}
