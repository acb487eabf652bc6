package dev.freshet.replica.apply;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.BatchWriter;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.replica.postgres.Calls;
import dev.freshet.replica.postgres.ConsumerDb;
import dev.freshet.replica.postgres.PostgresPositionRows;
import dev.freshet.replica.postgres.PostgresSession;
import dev.freshet.replica.postgres.StateTables;
import dev.freshet.replica.table.TableMaker;
import dev.freshet.replica.table.TableName;
import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A filled table of a stream {@code t} with two partitions, and the records that a test writes for it. */
public final class AppliedTable implements AutoCloseable {
    public static final String TOPIC = "shop.t";
    public static final SchemaRecord SCHEMA = schema(
            new Column("id", "bigint", false, true),
            new Column("name", "text", true, true),
            new Column("n", "integer", true, true));

    public final ReplicaConfig config;
    public final StreamTarget target;
    public final Connection db;
    public final ConsumerDb consumer;
    public final Map<String, SchemaRecord> schemas = new HashMap<>();
    public final BatchApplier applier;
    public final PostgresPositionRows positions;
    private long sequence;

    public AppliedTable(TestDatabase database, SchemaPolicy policy, SchemaRecord schema, String... ddl)
            throws SQLException {
        target = new StreamTarget("t", TOPIC, null, TableName.parse("public.t"), Map.of());
        config = ReplicaConfig.builder("copy").stream(target)
                .database(database.jdbcUrl(), database.user(), database.password())
                .kafka("bootstrap.servers", "unused:1")
                .schema(policy)
                .build();
        consumer = new ConsumerDb(config);
        db = consumer.open();
        StateTables.create(db);
        schemas.put(schema.version(), schema);
        applier = applier(db);
        positions = positions(db);
        try (Statement s = db.createStatement()) {
            if (ddl.length == 0) {
                s.execute(TableMaker.create(target, schema));
            }
            for (String sql : ddl) {
                s.execute(sql);
            }
            s.execute("INSERT INTO freshet.replica_stream (replica, stream, topic, topic_id, target, fill)"
                    + " VALUES ('copy', 't', '" + TOPIC + "', 'id', 'public.t', 1)");
            s.execute("INSERT INTO freshet.replica_position (replica, stream, fill, partition, generation, next_offset,"
                    + " position) SELECT 'copy', 't', 1, p, 0, 0, '" + Position.ZERO
                    + "' FROM generate_series(0, 1) p");
            db.commit();
        }
    }

    public BatchApplier applier(Connection connection) {
        PostgresSession session = session(connection);
        return new BatchApplier(session, "copy", writer(session, WriteMode.BATCHES));
    }

    public PostgresSession session(Connection connection) {
        return new PostgresSession(config, consumer, connection, new Calls(false));
    }

    public BatchWriter writer(PostgresSession session, WriteMode mode) {
        return session.writer(
                List.of(target),
                new SchemaSource() {
                    @Override
                    public SchemaRecord schema(String topic, String version) {
                        return Objects.requireNonNull(schemas.get(version), version);
                    }

                    @Override
                    public String newestVersion(String topic) {
                        return SCHEMA.version();
                    }

                    @Override
                    public Optional<String> topicId(String topic) {
                        return Optional.empty();
                    }

                    @Override
                    public Optional<String> trouble(String topic) {
                        return Optional.empty();
                    }

                    @Override
                    public boolean isSnapshotting(String topic) {
                        return false;
                    }
                },
                mode);
    }

    public PostgresPositionRows positions(Connection connection) {
        return new PostgresPositionRows(connection, "copy", new Calls(false));
    }

    public static SchemaRecord schema(Column... columns) {
        return new SchemaRecord("t", List.of(columns), List.of(columns[0].name()));
    }

    public StreamRecord put(SchemaRecord schema, String key, String value) {
        return record(0, schema, Op.UPDATE, key, value);
    }

    public StreamRecord put(long id, @Nullable String name, int n) {
        return put(
                SCHEMA,
                "{\"id\":" + id + "}",
                "{\"id\":" + id + ",\"name\":" + (name == null ? null : '"' + name + '"') + ",\"n\":" + n + "}");
    }

    public StreamRecord delete(long id) {
        return record(0, SCHEMA, Op.DELETE, "{\"id\":" + id + "}", null);
    }

    public StreamRecord record(int partition, SchemaRecord schema, Op op, String key, @Nullable String value) {
        long n = ++sequence;
        schemas.put(schema.version(), schema);
        return new StreamRecord(
                new Partition(TOPIC, partition),
                n,
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                op,
                new Position(1, n, 1, 0),
                schema.version(),
                false);
    }

    public StreamRecord created(long id) {
        return record(
                0,
                SCHEMA,
                Op.CREATE,
                "{\"id\":" + id + "}",
                "{\"id\":" + id + ",\"name\":\"created\",\"n\":" + id + "}");
    }

    public StreamRecord[] created(long first, int count) {
        return LongStream.range(first, first + count).mapToObj(this::created).toArray(StreamRecord[]::new);
    }

    public Owned claim(int partition) throws SQLException {
        Owned owned = Objects.requireNonNull(positions.claim("t", partition));
        db.commit();
        return owned;
    }

    public static Owned after(Owned owned, StreamRecord last) {
        return new Owned(
                owned.stream(),
                owned.fill(),
                owned.partition(),
                owned.generation(),
                last.offset() + 1,
                last.position(),
                null);
    }

    public void apply(Owned owner, StreamRecord... records) throws InterruptedException {
        applier.apply(List.of(records), List.of(after(owner, records[records.length - 1])), Map.of());
    }

    public void execute(String sql) throws SQLException {
        try (Statement s = db.createStatement()) {
            s.execute(sql);
        }
        db.commit();
    }

    public List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement s = db.prepareStatement(sql);
                ResultSet r = s.executeQuery()) {
            while (r.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    row.append(i == 1 ? "" : "|").append(r.getString(i));
                }
                rows.add(row.toString());
            }
        }
        db.commit();
        return rows;
    }

    @Override
    public void close() throws SQLException {
        applier.close();
        db.close();
    }
}
