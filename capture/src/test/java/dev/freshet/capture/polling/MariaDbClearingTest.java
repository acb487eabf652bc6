package dev.freshet.capture.polling;

import dev.freshet.outbox.Dialect;

class MariaDbClearingTest extends MariaDbClearingSuite {
    MariaDbClearingTest() {
        super(Dialect.MARIADB);
    }
}
