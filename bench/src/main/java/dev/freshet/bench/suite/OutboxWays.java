package dev.freshet.bench.suite;

import dev.freshet.bench.load.OutboxEvents;
import dev.freshet.bench.load.RouterEvents;
import dev.freshet.bench.load.TransactionOutboxEvents;
import java.util.List;
import java.util.stream.Stream;

/**
 * The ways by which events go from a service's transaction to a topic. To measure one more, add it here; its place is its turn.
 */
final class OutboxWays {
    private OutboxWays() {}

    /** Freshet's, by the log, from the outbox table. */
    static Way tailing() {
        return Way.of(Candidate.outboxRelay(), OutboxEvents.rows());
    }

    /** The same with short partitions, so that they are cleared while it is measured. */
    static Way clearing() {
        return Way.of(Candidate.shortOutboxRelay(), OutboxEvents.rows());
    }

    /** All that are compared where a backlog is drained: with a bare read of the log, which no relay by the log can outdo. */
    static List<Way> draining() {
        return Stream.concat(all().stream(), Stream.of(Way.of(Candidate.rawOutboxRead(), OutboxEvents.rows())))
                .toList();
    }

    /** All that are compared; Freshet's by the log is the first. */
    static List<Way> all() {
        return List.of(
                tailing(),
                Way.of(Candidate.messageRelay(), OutboxEvents.messages()),
                Way.of(Candidate.pollingRelay(), OutboxEvents.polledRows()),
                Way.of(Candidate.debeziumOutbox(), new RouterEvents()),
                new Way(Candidate.transactionOutbox(), new TransactionOutboxEvents(), Way.Pace.CALL_BY_CALL));
    }
}
