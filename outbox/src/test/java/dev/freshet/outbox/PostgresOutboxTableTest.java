package dev.freshet.outbox;

class PostgresOutboxTableTest extends PostgresOutboxTableSuite {
    PostgresOutboxTableTest() {
        super("");
    }
}
