package dev.freshet.replica.admin;

import dev.freshet.model.FreshetException;
import dev.freshet.model.copy.CopyTables;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.agent.Readers;
import dev.freshet.replica.agent.Sources;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.replica.postgres.ConsumerDb;
import dev.freshet.replica.postgres.DbErrors;
import dev.freshet.replica.postgres.PostgresStreamRows;
import dev.freshet.replica.postgres.StateTables;
import dev.freshet.replica.postgres.TableCatalog;
import dev.freshet.replica.table.TableFit;
import dev.freshet.replica.table.TableName;
import dev.freshet.replica.table.TargetTable;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.StreamReader;
import dev.freshet.stream.TopicFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks a replica's configuration. */
public final class ReplicaAdmin {
    /** A copy that may not be away for longer than this would be filled anew all the time. */
    private static final Duration SHORTEST_LIMIT = Duration.ofMinutes(1);

    private final ReplicaConfig config;
    private final Map<String, SchemaRecord> expected;
    private final ConsumerDb consumer;

    /**
     * Creates the check of a replica; it connects when asked.
     *
     * @param expected what the values of streams look like where Kafka does not tell, by stream, as far as it is known
     */
    public ReplicaAdmin(ReplicaConfig config, Map<String, SchemaRecord> expected) {
        this.config = config;
        this.expected = Map.copyOf(expected);
        this.consumer = new ConsumerDb(config);
    }

    /**
     * Returns everything that is wrong; changes nothing.
     *
     * @param toCome topics that need not be there yet, since the first start of their relay makes them
     * @throws InterruptedException if the thread is interrupted
     */
    public List<String> check(Readers readers, Set<String> toCome) throws InterruptedException {
        List<String> problems = new ArrayList<>();
        Sources sources = null;
        List<StreamTarget> present = config.streams();
        try {
            present = present(readers, toCome);
            sources = Sources.open(config, present, readers);
            problems.addAll(new TreeMap<>(sources.missing()).values());
            Sources found = sources;
            present = present.stream().filter(t -> found.knows(t.topic())).toList();
            checkTopics(readers, present, found, problems);
            checkDeadLetters(readers, problems);
        } catch (FreshetException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        try {
            checkDatabase(sources, present, problems);
        } finally {
            if (sources != null) {
                sources.close();
            }
        }
        return List.copyOf(new LinkedHashSet<>(problems));
    }

    /**
     * Returns what is wrong in the consumer's database, without asking Kafka; changes nothing.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public List<String> checkDatabase() throws InterruptedException {
        List<String> problems = new ArrayList<>();
        checkDatabase(null, List.of(), problems);
        return List.copyOf(new LinkedHashSet<>(problems));
    }

    private void checkDatabase(@Nullable Sources sources, List<StreamTarget> present, List<String> problems)
            throws InterruptedException {
        try (Connection db = consumer.open()) {
            checkRights(db, problems);
            for (StreamTarget t : config.streams()) {
                checkTable(db, present.contains(t) ? sources : null, t, problems);
            }
            db.rollback();
        } catch (SQLException e) {
            problems.add("Replica '" + config.name() + "' cannot use its database " + config.url() + ": "
                    + DbErrors.describe(e, false));
        }
    }

    private List<StreamTarget> present(Readers readers, Set<String> toCome) {
        try (StreamReader reader = readers.alone()) {
            return config.streams().stream()
                    .filter(t -> !toCome.contains(t.topic())
                            || reader.describe(Set.of(t.topic())).containsKey(t.topic()))
                    .toList();
        }
    }

    private static void checkTopics(
            Readers readers, List<StreamTarget> streams, Sources sources, List<String> problems) {
        try (StreamReader reader = readers.alone()) {
            for (StreamTarget t : streams) {
                TopicFacts facts = reader.describe(Set.of(t.topic())).get(t.topic());
                if (facts == null) {
                    problems.add("Topic '" + t.topic() + "' of stream '" + t.stream() + "' does not exist"
                            + sources.trouble(t.topic()).map(why -> ". " + why).orElse(""));
                } else if (facts.awayLimit().compareTo(SHORTEST_LIMIT) < 0) {
                    problems.add("Topic '" + t.topic() + "' has min.compaction.lag.ms "
                            + facts.minCompactionLag().toMillis() + " and delete.retention.ms "
                            + facts.deleteRetention().toMillis() + ": a copy that was away for longer than the shorter"
                            + " must be filled anew; raise both (7 days is what the relay sets)");
                }
            }
        }
    }

    private void checkDeadLetters(Readers readers, List<String> problems) {
        DeadLetterSettings dead = config.deadLetters();
        if (dead != null) {
            try (DeadLetters letters = readers.deadLetters(dead.topic())) {
                problems.addAll(letters.check());
            }
        }
    }

    private void checkRights(Connection db, List<String> problems) throws SQLException {
        boolean schema = holds(db, "to_regnamespace('" + CopyTables.SCHEMA + "') IS NOT NULL");
        if (!schema && !holds(db, "has_database_privilege(current_database(), 'CREATE')")) {
            problems.add(mayNot("create the schema " + CopyTables.SCHEMA, "CREATE ON DATABASE " + database(db))
                    + "; or CREATE SCHEMA " + CopyTables.SCHEMA + " AUTHORIZATION " + role());
        } else if (schema && !holds(db, "has_schema_privilege('" + CopyTables.SCHEMA + "', 'CREATE, USAGE')")) {
            problems.add(mayNot(
                    "create tables in schema " + CopyTables.SCHEMA, "USAGE, CREATE ON SCHEMA " + CopyTables.SCHEMA));
        }
        if (!holds(db, "has_database_privilege(current_database(), 'TEMPORARY')")) {
            problems.add(
                    mayNot("create temporary tables, which a fill needs", "TEMPORARY ON DATABASE " + database(db)));
        }
    }

    /** Says which right is missing, with the statement that grants it behind the last colon. */
    private String mayNot(String what, String right) {
        return "Role '" + config.user() + "' may not " + what + ": GRANT " + right + " TO " + role();
    }

    private String role() {
        return TableName.quote(config.user());
    }

    private static String database(Connection db) throws SQLException {
        return TableName.quote(db.getCatalog());
    }

    private static boolean holds(Connection db, String condition) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery("SELECT " + condition)) {
            return r.next() && r.getBoolean(1);
        }
    }

    private void checkTable(Connection db, @Nullable Sources sources, StreamTarget t, List<String> problems)
            throws SQLException, InterruptedException {
        String schemaName = t.table().schema().replace("'", "''");
        if (!holds(db, "to_regnamespace(quote_ident('" + schemaName + "')) IS NOT NULL")) {
            problems.add("Schema '" + t.table().schema() + "' of table " + t.table() + " does not exist: CREATE SCHEMA "
                    + TableName.quote(t.table().schema()) + " AUTHORIZATION " + role());
            return;
        }
        if (!holds(db, "has_schema_privilege('" + schemaName + "', 'CREATE')")) {
            problems.add(mayNot(
                    "create tables in schema " + t.table().schema(),
                    "USAGE, CREATE ON SCHEMA " + TableName.quote(t.table().schema())));
        }
        TargetTable table = TableCatalog.read(db, t.table());
        if (table == null) {
            return;
        }
        boolean filled = StateTables.exist(db)
                && new PostgresStreamRows(db, config.name(), new Calls(false))
                        .read().stream()
                                .filter(r -> r.stream().equals(t.stream()))
                                .anyMatch(r -> r.fill() > 0);
        SchemaRecord schema = sources == null ? expected.get(t.stream()) : null;
        if (sources != null) {
            checkFit(sources, t, table, filled, problems);
        } else if (schema != null) {
            checkFit(schema, t, table, filled, problems);
        }
        if (!filled && !table.empty()) {
            problems.add(
                    "Table " + t.table() + " holds rows that Freshet did not bring: empty it, or name another table");
        }
    }

    private void checkFit(Sources sources, StreamTarget t, TargetTable table, boolean filled, List<String> problems)
            throws InterruptedException {
        try {
            checkFit(sources.schema(t.topic(), sources.newestVersion(t.topic())), t, table, filled, problems);
        } catch (FreshetException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void checkFit(
            SchemaRecord schema, StreamTarget t, TargetTable table, boolean filled, List<String> problems) {
        TableFit fit = filled ? TableFit.evolving(t, schema, table, config.schema()) : TableFit.first(t, schema, table);
        fit.problems().forEach(p -> problems.add(TableFit.misfit(t, List.of(p))));
    }
}
