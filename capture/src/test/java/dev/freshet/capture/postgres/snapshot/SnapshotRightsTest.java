package dev.freshet.capture.postgres.snapshot;

import static dev.freshet.capture.postgres.snapshot.SnapshotFixture.keys;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.WindowRows;
import dev.freshet.capture.postgres.value.Connections;
import dev.freshet.capture.postgres.value.SessionSettings;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.model.RetriableException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a role needs that owns nothing. */
class SnapshotRightsTest {
    private TestDatabase database;
    private String role;
    private PostgresSnapshotReader reader;

    @BeforeEach
    void createRole() throws SQLException {
        database = TestServers.shared().newDatabase();
        role = database.name() + "_reader";
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'reader'",
                "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "INSERT INTO t VALUES (1), (2)",
                "GRANT SELECT ON t TO " + role);
        Connections connections = () -> {
            Connection connection = DriverManager.getConnection(database.jdbcUrl(), role, "reader");
            SessionSettings.pin(connection);
            return connection;
        };
        reader = PostgresSnapshotReader.create(
                connections,
                new TypeCatalog(connections),
                stream -> new TableCapture(stream, "public." + stream, List.of(), List.of()),
                SnapshotFixture.SLOT,
                SnapshotFixture.SMALL);
    }

    @AfterEach
    void dropRole() throws SQLException {
        reader.close();
        database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        database.close();
    }

    @Test
    void selectOnTheLeaves_isEnough() throws SQLException {
        database.execute("GRANT SELECT ON t_low TO " + role);
        reader.startWindow("t", "", Long.MAX_VALUE);
        assertEquals(List.of("{\"id\":1}", "{\"id\":2}"), keys(rows()));
        reader.mark("low");
        assertTrue(reader.allEndedBelow(reader.allotTransactionId() - 1));
        assertTrue(reader.estimateRows("t") >= 0);
    }

    @Test
    void missingRight_isNamedWithTheWayOut_andMayBeGivenAgain() {
        RetriableException e =
                assertThrows(RetriableException.class, () -> reader.startWindow("t", "", Long.MAX_VALUE));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("t_low") && message.contains("SELECT"), message);
    }

    @Test
    void hiddenRows_areAnErrorInsteadOfMissing() throws SQLException {
        database.execute(
                "GRANT SELECT ON t_low TO " + role,
                "ALTER TABLE t_low ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY few ON t_low USING (id = 1)");
        reader.startWindow("t", "", Long.MAX_VALUE);
        RetriableException e = assertThrows(RetriableException.class, this::rows);
        assertTrue(String.valueOf(e.getMessage()).contains("BYPASSRLS"), e.getMessage());
    }

    private WindowRows rows() {
        return Awaitility.await().until(reader::pollWindow, Optional::isPresent).orElseThrow();
    }
}
