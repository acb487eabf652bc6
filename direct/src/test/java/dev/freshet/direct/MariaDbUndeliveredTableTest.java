package dev.freshet.direct;

import dev.freshet.outbox.Dialect;

class MariaDbUndeliveredTableTest extends MariaDbUndeliveredTableSuite {
    MariaDbUndeliveredTableTest() {
        super(Dialect.MARIADB);
    }
}
