package dev.freshet.direct;

class MariaDbUndeliveredTableTest extends MariaDbUndeliveredTableSuite {
    MariaDbUndeliveredTableTest() {
        super("mariadb");
    }
}
