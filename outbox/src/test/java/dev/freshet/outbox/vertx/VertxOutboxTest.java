package dev.freshet.outbox.vertx;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.outbox.OutboxClient;
import dev.freshet.outbox.OutboxClientSuite;

class VertxOutboxTest extends OutboxClientSuite {
    @Override
    protected OutboxClient create(TestDatabase database) {
        return new VertxClient(database);
    }
}
