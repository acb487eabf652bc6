package dev.freshet.direct;

import dev.freshet.embedded.junit.MariaDbServer;
import dev.freshet.outbox.Database;
import dev.freshet.outbox.Dialect;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mariadb.jdbc.MariaDbDataSource;

/** The migrations that MariaDB can run. */
abstract class MariaDbUndeliveredTableSuite extends UndeliveredTableSuite {
    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private Database database;

    MariaDbUndeliveredTableSuite(Dialect dialect) {
        super(dialect);
    }

    @Override
    Database database() {
        return database;
    }

    @Override
    DataSource dataSource() {
        try {
            if (database == null) {
                database = Database.newOf(SERVER);
            }
            MariaDbDataSource all = new MariaDbDataSource(database.url());
            all.setUser(database.user());
            all.setPassword(database.password());
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
