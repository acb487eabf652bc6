package dev.freshet.outbox.r2dbc;

import reactor.core.publisher.Mono;

/**
 * Lets one subscription's statements begin until it is cancelled, and those that have begun run to their end.
 *
 * <p>A statement that began after the cancel would come after the rollback that follows it, outside the transaction, and commit
 * by itself: hence the lock, which a cancel on another thread waits for. A statement whose result is not read to its end would
 * hold up the rollback on the same connection for ever.
 */
final class StatementGate {
    private boolean closed;

    /** Returns a statement that, once begun, no cancel reaches; one that begins after {@link #close} does nothing. */
    Mono<Void> begin(Mono<Void> statement) {
        return Mono.deferContextual(context -> {
            // the source of a cached Mono is not cancelled
            Mono<Void> running = statement.contextWrite(context).cache();
            synchronized (this) {
                if (closed) {
                    return Mono.empty();
                }
                running.subscribe(none -> {}, error -> {}); // told to whoever subscribes to what is returned
            }
            return running;
        });
    }

    /** Lets none begin any more. */
    synchronized void close() {
        closed = true;
    }
}
