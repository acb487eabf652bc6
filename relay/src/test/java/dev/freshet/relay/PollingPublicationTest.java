package dev.freshet.relay;

import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.capture.postgres.PostgresPolled;
import dev.freshet.outbox.Dialect;

/** Events by rows of an outbox table in PostgreSQL, without its log. */
class PollingPublicationTest extends PollingPublicationSuite {
    @Override
    Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    Place place() {
        return new Place(db.jdbcUrl(), db.user(), db.password(), "public");
    }

    @Override
    PolledDatabase database(PollingSettings polled) {
        return new PostgresPolled(polled);
    }
}
