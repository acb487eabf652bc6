package dev.freshet.direct;

import dev.freshet.outbox.Dialect;

/** MySQL's migration, run on MariaDB, which accepts it as it is: there is no MySQL to run tests on. */
class MySqlTextUndeliveredTableTest extends MariaDbUndeliveredTableSuite {
    MySqlTextUndeliveredTableTest() {
        super(Dialect.MYSQL);
    }
}
