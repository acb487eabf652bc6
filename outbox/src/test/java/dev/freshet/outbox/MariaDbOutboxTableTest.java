package dev.freshet.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

class MariaDbOutboxTableTest extends MariaDbOutboxTableSuite {
    MariaDbOutboxTableTest() {
        super(Dialect.MARIADB);
    }

    @Override
    UUID id(ResultSet row) throws SQLException {
        return UUID.fromString(row.getString("id"));
    }
}
