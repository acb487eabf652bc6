package dev.freshet.replica.postgres;

import dev.freshet.replica.port.ParkedKey;
import dev.freshet.replica.port.ParkedRows;
import dev.freshet.replica.port.ParkedStream;
import dev.freshet.replica.port.RecordKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The parked keys of one replica in {@link StateTables#PARKED}; they go by a hash, since a long key has no place in an index. */
final class PostgresParkedRows implements ParkedRows {
    private static final String PARK = """
            INSERT INTO freshet.replica_parked AS p
              (replica, stream, key_hash, partition, key, record_offset, error, since)
            VALUES (?, ?, pg_catalog.sha256(?), ?, ?, ?, ?, pg_catalog.clock_timestamp())
            ON CONFLICT (replica, stream, key_hash) DO UPDATE SET partition = excluded.partition,
              record_offset = excluded.record_offset, error = excluded.error
            """;

    private static final String OTHERS = """
            DELETE FROM freshet.replica_parked WHERE replica = ? AND stream = ? AND NOT key = ANY (?::bytea[])
            """;

    private static final String MEND = """
            DELETE FROM freshet.replica_parked p USING unnest(?::bytea[]) AS u (key)
            WHERE p.replica = ? AND p.stream = ? AND p.key_hash = pg_catalog.sha256(u.key)
            """;

    private static final String READ = """
            SELECT stream, count(*), min(since), (pg_catalog.array_agg(error ORDER BY since, record_offset))[1]
            FROM freshet.replica_parked WHERE replica = ? GROUP BY stream ORDER BY stream
            """;

    private final Connection db;
    private final String replica;
    private final Calls calls;

    PostgresParkedRows(Connection db, String replica, Calls calls) {
        this.db = db;
        this.replica = replica;
        this.calls = calls;
    }

    @Override
    public Set<RecordKey> keys(String stream, int partition) {
        return calls.ask(() -> {
            Set<RecordKey> keys = new HashSet<>();
            try (PreparedStatement s = db.prepareStatement(
                    "SELECT key FROM freshet.replica_parked WHERE replica = ? AND stream = ? AND partition = ?")) {
                s.setString(1, replica);
                s.setString(2, stream);
                s.setInt(3, partition);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        keys.add(new RecordKey(r.getBytes(1)));
                    }
                }
            }
            return keys;
        });
    }

    @Override
    public long count(String stream) {
        return calls.ask(() -> {
            try (PreparedStatement s = db.prepareStatement(
                    "SELECT count(*) FROM freshet.replica_parked WHERE replica = ? AND stream = ?")) {
                s.setString(1, replica);
                s.setString(2, stream);
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    return r.getLong(1);
                }
            }
        });
    }

    @Override
    public void park(ParkedKey key) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement(PARK)) {
                set(s, key);
                s.executeUpdate();
            }
        });
    }

    private void set(PreparedStatement s, ParkedKey key) throws SQLException {
        s.setString(1, replica);
        s.setString(2, key.stream());
        s.setBytes(3, key.key().bytes());
        s.setInt(4, key.partition());
        s.setBytes(5, key.key().bytes());
        s.setLong(6, key.offset());
        s.setString(7, key.error());
    }

    @Override
    public void mend(String stream, Collection<RecordKey> keys) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement(MEND)) {
                s.setArray(1, db.createArrayOf("bytea", bytes(keys)));
                s.setString(2, replica);
                s.setString(3, stream);
                s.executeUpdate();
            }
        });
    }

    @Override
    public void replace(String stream, List<ParkedKey> keys) {
        calls.run(() -> {
            try (PreparedStatement s = db.prepareStatement(OTHERS)) {
                s.setString(1, replica);
                s.setString(2, stream);
                s.setArray(
                        3,
                        db.createArrayOf(
                                "bytea", bytes(keys.stream().map(ParkedKey::key).toList())));
                s.executeUpdate();
            }
            try (PreparedStatement s = db.prepareStatement(PARK)) {
                for (ParkedKey key : keys) {
                    set(s, key);
                    s.addBatch();
                }
                s.executeBatch();
            }
        });
    }

    private static byte[][] bytes(Collection<RecordKey> keys) {
        return keys.stream().map(RecordKey::bytes).toArray(byte[][]::new);
    }

    @Override
    public List<ParkedStream> read() {
        return calls.ask(() -> {
            List<ParkedStream> streams = new ArrayList<>();
            try (PreparedStatement s = db.prepareStatement(READ)) {
                s.setString(1, replica);
                try (ResultSet r = s.executeQuery()) {
                    while (r.next()) {
                        streams.add(new ParkedStream(
                                r.getString(1),
                                r.getLong(2),
                                r.getObject(3, OffsetDateTime.class).toInstant(),
                                r.getString(4)));
                    }
                }
            }
            return streams;
        });
    }
}
