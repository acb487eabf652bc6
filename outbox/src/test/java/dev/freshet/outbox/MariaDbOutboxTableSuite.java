package dev.freshet.outbox;

import dev.freshet.embedded.junit.MariaDbServer;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The outbox tables that MariaDB can hold. */
abstract class MariaDbOutboxTableSuite extends OutboxTableSuite {
    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private Database database;

    MariaDbOutboxTableSuite(Dialect dialect) {
        super(dialect);
    }

    @BeforeEach
    void take() throws SQLException {
        database = Database.newOf(SERVER);
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    Database newUser(String name) throws SQLException {
        database.execute("CREATE USER " + name + " IDENTIFIED BY 'p'", "GRANT SELECT ON orders TO " + name);
        return database.as(name, "p");
    }

    @Override
    String impatience() {
        return "SET innodb_lock_wait_timeout = 0";
    }
}
