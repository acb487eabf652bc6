package dev.freshet.capture.polling;

import dev.freshet.outbox.Dialect;

/** Runs what is for MySQL on MariaDB, which understands all of it. It shows nothing of what a MySQL server does. */
class MySqlTextClearingTest extends MariaDbClearingSuite {
    MySqlTextClearingTest() {
        super(Dialect.MYSQL);
    }
}
