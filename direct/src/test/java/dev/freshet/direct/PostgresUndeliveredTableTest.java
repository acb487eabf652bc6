package dev.freshet.direct;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Database;
import dev.freshet.outbox.Dialect;
import javax.sql.DataSource;

@OnServers
class PostgresUndeliveredTableTest extends UndeliveredTableSuite {
    private final Database database;

    PostgresUndeliveredTableTest(TestDatabase own) {
        super(Dialect.POSTGRESQL);
        database = Database.of(own);
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    DataSource dataSource() {
        return World.dataSource(database.url(), database.user(), database.password());
    }
}
