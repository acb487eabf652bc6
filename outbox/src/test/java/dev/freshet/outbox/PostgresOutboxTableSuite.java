package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.FreshetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The outbox table in PostgreSQL: one subclass for each way of its driver to send statements. */
@OnServers
abstract class PostgresOutboxTableSuite extends OutboxTableSuite {
    private final String parameters;
    private Database database;
    private String user;

    /** Names the driver's parameters, as they stand in a URL. */
    PostgresOutboxTableSuite(String parameters) {
        super(Dialect.POSTGRESQL);
        this.parameters = parameters;
    }

    @BeforeEach
    void take(TestDatabase own) {
        Database plain = Database.of(own);
        database = new Database(plain.url() + parameters, plain.user(), plain.password());
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

    private static Event order(int id) {
        return Event.builder("orders", "order-placed").key("" + id).payload(id).build();
    }

    @Test
    void lostConnection_leavesOpenWhetherItCommitted() throws Exception {
        database.migrate(Dialect.POSTGRESQL);
        SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();
        try (Connection connection = database.transaction();
                Statement statement = connection.createStatement();
                ResultSet pid = statement.executeQuery("SELECT pg_backend_pid()")) {
            pid.next();
            database.execute("SELECT pg_terminate_backend(" + pid.getInt(1) + ", 10000)");
            CommitUnknownException unknown =
                    assertThrows(CommitUnknownException.class, () -> outbox.publishAndCommit(connection, order(1)));
            assertTrue(unknown.getMessage().contains("may have been committed, or not"), unknown.getMessage());
        }
    }

    @Test
    void transactionThatCannotCommit_saysWhy_andLeavesNoEvent() throws Throwable {
        database.migrate(Dialect.POSTGRESQL);
        database.execute("CREATE TABLE orders (id int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)");
        SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();
        try (Connection connection = database.transaction();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders VALUES (1), (1)");
            FreshetException late =
                    assertThrows(FreshetException.class, () -> outbox.publishAndCommit(connection, order(1)));
            assertTrue(late.getMessage().contains("SQLSTATE 23505"), late.getMessage());

            statement.execute("INSERT INTO orders VALUES (2)");
            assertThrows(SQLException.class, () -> statement.execute("SELECT 1 / 0"));
            afterAFailedStatement(() -> outbox.publishAndCommit(connection, order(2)));
        }
        assertEquals(
                committedAfterAFailedStatement() + " and " + committedAfterAFailedStatement(),
                database.text(
                        "SELECT concat((SELECT count(*) FROM orders), ' and ', (SELECT count(*) FROM freshet_outbox))"));
    }

    /** A transaction of which a statement has failed cannot commit, unless the driver undoes that statement alone. */
    void afterAFailedStatement(Executable publishAndCommit) throws Throwable {
        FreshetException failed = assertThrows(FreshetException.class, publishAndCommit);
        assertTrue(failed.getMessage().contains("SQLSTATE 25P02"), failed.getMessage());
    }

    /** How many orders, and events of them, are there then. */
    int committedAfterAFailedStatement() {
        return 0;
    }
}
