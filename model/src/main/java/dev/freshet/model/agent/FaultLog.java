package dev.freshet.model.agent;

import dev.freshet.model.RetriableException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where an {@link AgentRunner} tells of passing faults: of one once, then at most every 30 s how often it was tried, then that
 * it is over. Called on the agent's thread; must not block.
 */
public interface FaultLog {
    /**
     * Called for a fault that is new, or was last told 30 s ago or longer.
     *
     * @param message what the fault says, and how many tries have failed since when, if this was not the first
     * @param fault the fault
     */
    void fault(String message, RetriableException fault);

    /**
     * Called once the agent has worked for 5 s without a fault.
     *
     * @param message which agent, and how many tries had failed in which time
     */
    void over(String message);

    /** Returns a log of two parts, which are told as {@link #fault} and {@link #over} are. */
    static FaultLog of(BiConsumer<String, RetriableException> fault, Consumer<String> over) {
        return new FaultLog() {
            @Override
            public void fault(String message, RetriableException cause) {
                fault.accept(message, cause);
            }

            @Override
            public void over(String message) {
                over.accept(message);
            }
        };
    }
}
