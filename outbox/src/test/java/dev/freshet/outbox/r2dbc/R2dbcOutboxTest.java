package dev.freshet.outbox.r2dbc;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.outbox.OutboxClient;
import dev.freshet.outbox.OutboxClientSuite;

class R2dbcOutboxTest extends OutboxClientSuite {
    @Override
    protected OutboxClient create(TestDatabase database) {
        return new R2dbcClient(database);
    }
}
