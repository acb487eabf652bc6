package dev.freshet.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.client.Copy;
import dev.freshet.client.FreshetToken;
import dev.freshet.model.Token;
import dev.freshet.server.Server;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.Configuration;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** Freshet in this JVM with the replica {@value #REPLICA}, and the databases on both sides of it. */
final class LiveCopies implements AutoCloseable {
    static final String REPLICA = "copies";

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Configuration config;
    private final Path folder;
    private final Database source;
    private final Database target;
    private final Clock clock;
    private Optional<Server> server = Optional.empty();

    /** Opens connections to a database. */
    @FunctionalInterface
    interface Database {
        Connection connect() throws SQLException;

        default void execute(String... statements) throws SQLException {
            try (Connection c = connect();
                    Statement s = c.createStatement()) {
                for (String statement : statements) {
                    s.execute(statement);
                }
            }
        }

        /** Returns the first column of all rows. */
        default List<String> column(String sql) throws SQLException {
            try (Connection c = connect();
                    Statement s = c.createStatement();
                    ResultSet row = s.executeQuery(sql)) {
                List<String> rows = new ArrayList<>();
                while (row.next()) {
                    rows.add(row.getString(1));
                }
                return rows;
            }
        }
    }

    /** What a test does while it waits. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    LiveCopies(Configuration config, Path folder, Database source, Database target) {
        this(config, folder, source, target, Clock.systemUTC());
    }

    LiveCopies(Configuration config, Path folder, Database source, Database target, Clock clock) {
        this.config = config;
        this.folder = folder;
        this.source = source;
        this.target = target;
        this.clock = clock;
    }

    void start() {
        server = Optional.of(Server.start(config, folder, clock));
    }

    /** Starts, and waits until everything works. */
    void awaitReady() {
        start();
        untilReady();
    }

    /** Waits until everything works, and the copies have what their topics held when the server was started. */
    void untilReady() {
        Awaitility.await().atMost(LIMIT).until(() -> status().ready());
    }

    void stop() {
        server.ifPresent(Server::close);
        server = Optional.empty();
    }

    ServerStatus status() {
        return server.orElseThrow().status();
    }

    /** Waits until the copies have everything that is committed now. */
    void awaitAll() throws SQLException {
        awaitAll(() -> {});
    }

    /**
     * Waits until the copies have everything that is committed now.
     *
     * @param meanwhile called again and again until then
     */
    void awaitAll(Step meanwhile) throws SQLException {
        Token token;
        try (Connection c = source.connect()) {
            token = FreshetToken.take(c);
        }
        Awaitility.await()
                .conditionEvaluationListener(condition -> {
                    if (condition.getRemainingTimeInMS() <= 0) {
                        System.out.println("Not there: " + status());
                    }
                })
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> {
                    meanwhile.run();
                    try (Connection c = target.connect()) {
                        Copy.of(c, REPLICA).await(token, LOOK);
                        return true;
                    }
                });
    }

    /** Fails unless both queries, which order their rows, give the same rows and at least one. */
    void assertSame(String sourceQuery, String copyQuery) throws SQLException {
        List<String> expected = source.column("SELECT r::text FROM (" + sourceQuery + ") r");
        assertFalse(expected.isEmpty(), "nothing would be compared");
        assertEquals(expected, target.column("SELECT r::text FROM (" + copyQuery + ") r"));
    }

    /** Waits until the status tells a problem that has all these words. */
    void awaitProblem(String... words) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertTrue(
                        status().problems().stream()
                                .anyMatch(p -> List.of(words).stream().allMatch(p::contains)),
                        () -> List.of(words) + " not in " + status().problems()));
    }

    @Override
    public void close() {
        stop();
    }
}
