package dev.freshet.direct;

/** MySQL's migration, run on MariaDB, which accepts it as it is: there is no MySQL to run tests on. */
class MySqlTextUndeliveredTableTest extends MariaDbUndeliveredTableSuite {
    MySqlTextUndeliveredTableTest() {
        super("mysql");
    }
}
