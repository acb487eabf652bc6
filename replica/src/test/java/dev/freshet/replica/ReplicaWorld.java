package dev.freshet.replica;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.table.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A played source with a stream {@code t (id, name, n)}, a consumer's database, and what the copy should hold. */
public final class ReplicaWorld implements AutoCloseable {
    public static final SchemaRecord SCHEMA = new SchemaRecord(
            "t",
            List.of(
                    new Column("id", "bigint", false, true),
                    new Column("name", "text", true, true),
                    new Column("n", "integer", true, true)),
            List.of("id"));

    public final PlayedRelay relay;
    public final TestDatabase database;
    public final EmbeddedKafka kafka;
    public final Map<Long, String> expected = new TreeMap<>();
    private final List<Replica> running = new ArrayList<>();

    public ReplicaWorld(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase database, int partitions)
            throws Exception {
        this.kafka = kafka;
        this.database = database;
        relay = new PlayedRelay(kafka, prefix.name("shop"));
        relay.capture(SCHEMA, partitions);
    }

    public ReplicaConfig.Builder config() {
        return config(ReplicaConfig.builder("copy"));
    }

    /** Adds the stream {@code t} and all else to settings that name others already. */
    public ReplicaConfig.Builder config(ReplicaConfig.Builder others) {
        return others.stream(new StreamTarget("t", relay.topic("t"), null, TableName.parse("public.t"), Map.of()))
                .database(database.jdbcUrl(), database.user(), database.password())
                .group(relay.source + ".copy")
                .kafka("bootstrap.servers", kafka.bootstrapServers())
                .kafka("session.timeout.ms", "3000")
                .retry(Duration.ofMillis(200), Duration.ofSeconds(1))
                .freshness(Duration.ofMillis(200), Duration.ofSeconds(3));
    }

    public Replica start() {
        return start(config().build());
    }

    public Replica start(ReplicaConfig config) {
        Replica replica = Replica.start(config, Clock.systemUTC());
        running.add(replica);
        return replica;
    }

    /** Has a replica be closed with the world. */
    public void closes(Replica replica) {
        running.add(replica);
    }

    public static String key(long id) {
        return "{\"id\":" + id + "}";
    }

    public void put(long id, @Nullable String name, int n) {
        put(Op.UPDATE, id, name, n);
    }

    public void put(Op op, long id, @Nullable String name, int n) {
        relay.put(
                "t",
                op,
                key(id),
                "{\"id\":" + id + ",\"name\":" + (name == null ? null : '"' + name + '"') + ",\"n\":" + n + "}");
        expected.put(id, id + "|" + name + "|" + n);
    }

    public void delete(long id) {
        relay.put("t", Op.DELETE, key(id), null);
        expected.remove(id);
    }

    public List<String> copy() throws SQLException {
        return rows("SELECT id, name, n FROM t ORDER BY id");
    }

    public List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection db = database.connect();
                Statement s = db.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    row.append(i == 1 ? "" : "|").append(r.getString(i));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    public String one(String sql) throws SQLException {
        List<String> rows = rows(sql);
        return rows.isEmpty() ? "" : rows.get(0);
    }

    /** Commits and waits until the copy says that it is complete up to there. */
    public void settle() throws Exception {
        String position = relay.commit().position().toString();
        try {
            await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> one("SELECT complete AND position >= '"
                            + position + "' FROM freshet.freshness WHERE replica = 'copy'")
                    .equals("t"));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "Not complete at " + position + ": " + rows("SELECT * FROM freshet.freshness")
                            + rows("SELECT * FROM freshet.replica_position")
                            + running.stream().map(Replica::status).toList(),
                    e);
        }
    }

    public List<String> expectedRows() {
        return List.copyOf(expected.values());
    }

    public static org.awaitility.core.ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    public static void until(Callable<Boolean> condition) {
        await().until(condition);
    }

    @Override
    public void close() {
        running.forEach(Replica::close);
        relay.close();
    }
}
