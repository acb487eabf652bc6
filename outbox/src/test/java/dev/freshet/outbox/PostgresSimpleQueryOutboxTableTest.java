package dev.freshet.outbox;

/** The driver writes the values into the statement, and sends the commit behind it in a message of its own. */
class PostgresSimpleQueryOutboxTableTest extends PostgresOutboxTableSuite {
    PostgresSimpleQueryOutboxTableTest() {
        super("?preferQueryMode=simple");
    }
}
