package dev.freshet.stream;

import dev.freshet.model.agent.Agent;
import java.time.Duration;

/**
 * Polls a ledger, so that its view is up to date without whoever uses it having to poll; closes it at the end.
 *
 * <p>Have {@link StreamReader#wakeup} called by {@link LedgerView#addListener} where a new boundary is to be seen at once.
 */
public final class LedgerAgent implements Agent {
    private final LedgerReader ledger;
    private final Duration wait;

    /**
     * Creates the agent.
     *
     * @param ledger what is polled; closed with the agent
     * @param wait how long a piece of work may wait for a record, such as 100 ms
     */
    public LedgerAgent(LedgerReader ledger, Duration wait) {
        this.ledger = ledger;
        this.wait = wait;
    }

    @Override
    public String name() {
        return "ledger/" + ledger.view().ledger();
    }

    @Override
    public int doWork() throws InterruptedException {
        return ledger.poll(wait);
    }

    @Override
    public void close() {
        ledger.close();
    }
}
