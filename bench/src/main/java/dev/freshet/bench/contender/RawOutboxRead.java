package dev.freshet.bench.contender;

import dev.freshet.model.event.OutboxColumn;

/** The same for rows of an outbox table: what PostgreSQL itself takes to decode them and send them on. */
public final class RawOutboxRead extends RawRead {
    /** Creates the contender. */
    public RawOutboxRead() {
        super(OutboxColumn.names().indexOf(OutboxColumn.KEY.text()));
    }
}
