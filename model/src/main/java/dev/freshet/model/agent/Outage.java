package dev.freshet.model.agent;

import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/** The passing faults of one agent between two times of work, and what of them is told. Belongs to the agent's thread. */
final class Outage {
    static final Duration REPEAT = Duration.ofSeconds(30);

    /** Between two tries an agent may come back without having tried: only then it works again. */
    static final Duration QUIET = Duration.ofSeconds(5);

    /** So many different messages are told at once; one that differs each time would be told each time. */
    static final int KINDS = 8;

    private final String agent;
    private final InstantSource clock;
    private final FaultLog log;
    private final Set<String> told = new HashSet<>();
    private long tries;
    private Instant since = Instant.MIN;
    private Instant last = Instant.MIN;
    private Instant lastTold = Instant.MIN;

    Outage(String agent, InstantSource clock, FaultLog log) {
        this.agent = agent;
        this.clock = clock;
        this.log = log;
    }

    void fault(RetriableException fault) {
        Instant now = clock.instant();
        tries++;
        last = now;
        if (tries == 1) {
            since = now;
        }
        String message = String.valueOf(fault.getMessage());
        boolean isNew = told.size() < KINDS && told.add(message);
        if (isNew || !now.isBefore(lastTold.plus(REPEAT))) {
            lastTold = now;
            log.fault(tries == 1 ? message : message + " (" + soFar() + ")", fault);
        }
    }

    /** Takes note that the agent came back without a fault. */
    void worked() {
        if (tries == 0 || clock.instant().isBefore(last.plus(QUIET))) {
            return;
        }
        log.over(agent + " works again (" + soFar() + ")");
        tries = 0;
        told.clear();
    }

    private String soFar() {
        long seconds = Duration.between(since, last).toSeconds();
        return tries == 1 ? "1 failed try" : tries + " failed tries in " + seconds + " s";
    }
}
