package dev.freshet.outbox;

import org.junit.jupiter.api.function.Executable;

/** The driver sets a savepoint before each statement, and rolls back to it after one that failed. */
class PostgresAutosaveOutboxTableTest extends PostgresOutboxTableSuite {
    PostgresAutosaveOutboxTableTest() {
        super("?autosave=always");
    }

    @Override
    void afterAFailedStatement(Executable publishAndCommit) throws Throwable {
        publishAndCommit.execute();
    }

    @Override
    int committedAfterAFailedStatement() {
        return 1;
    }
}
