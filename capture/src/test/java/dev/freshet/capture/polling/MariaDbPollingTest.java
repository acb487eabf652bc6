package dev.freshet.capture.polling;

import dev.freshet.outbox.Dialect;

class MariaDbPollingTest extends MariaDbPollingSuite {
    MariaDbPollingTest() {
        super(Dialect.MARIADB);
    }
}
