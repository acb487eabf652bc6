package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Runs MySQL's migration and statement on MariaDB. It shows that they are SQL which MariaDB understands, that the ids' 16 bytes
 * keep their order, and that nothing is lost on the way. It does not show that a MySQL server does the same, nor anything of
 * MySQL's own driver.
 *
 * <p>MariaDB takes {@code utf8mb4_0900_bin}, which minds blanks at a text's end (MySQL manual, "Unicode Character Sets"), for
 * its own {@code utf8mb4_bin}, which does not.
 */
class MySqlTextOnMariaDbTest extends MariaDbOutboxTableSuite {
    MySqlTextOnMariaDbTest() {
        super(Dialect.MYSQL);
    }

    @Override
    UUID id(ResultSet row) throws SQLException {
        ByteBuffer bytes = ByteBuffer.wrap(row.getBytes("id"));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    String equalToA() {
        return "2";
    }

    @Test
    void table_hasTheCollationThatMindsBlanksInMySql() throws Exception {
        database().migrate(Dialect.MYSQL);
        assertEquals(
                "utf8mb4_0900_bin",
                database()
                        .text("SELECT table_collation FROM information_schema.tables"
                                + " WHERE table_schema = database() AND table_name = 'freshet_outbox'"));
    }
}
