package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

@OnServers
class PostgresOutboxTableTest extends OutboxTableSuite {
    private Database database;
    private String user;

    PostgresOutboxTableTest() {
        super(Dialect.POSTGRESQL);
    }

    @BeforeEach
    void take(TestDatabase own) {
        database = Database.of(own);
    }

    @AfterEach
    void dropUser() throws SQLException {
        if (user != null) {
            database.execute("DROP OWNED BY " + user, "DROP ROLE " + user);
        }
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    UUID id(ResultSet row) throws SQLException {
        return row.getObject("id", UUID.class);
    }

    @Override
    Database newUser(String name) throws SQLException {
        database.execute("CREATE ROLE " + name + " LOGIN PASSWORD 'p'", "GRANT SELECT ON orders TO " + name);
        user = name;
        return database.as(name, "p");
    }

    @Override
    String impatience() {
        return "SET lock_timeout = 50";
    }
}
