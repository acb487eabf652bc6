package dev.freshet.replica.postgres;

import dev.freshet.replica.port.ActiveRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The active row of one replica. */
final class PostgresActiveRow implements ActiveRow {
    private static final String READ = "SELECT instance, seen_at > pg_catalog.clock_timestamp() - ?::interval FROM "
            + StateTables.ACTIVE + " WHERE replica = ? AND seen_at IS NOT NULL";

    private static final String CLAIM = "INSERT INTO " + StateTables.ACTIVE
            + " AS a (replica, generation, instance, since, seen_at)"
            + " VALUES (?, 1, ?, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp())"
            + " ON CONFLICT (replica) DO UPDATE SET generation = a.generation + 1, instance = excluded.instance,"
            + " since = excluded.since, seen_at = excluded.seen_at"
            + " WHERE a.instance = excluded.instance OR a.seen_at IS NULL"
            + " OR a.seen_at <= pg_catalog.clock_timestamp() - ?::interval RETURNING generation";

    private static final String RENEW = "UPDATE " + StateTables.ACTIVE
            + " SET seen_at = pg_catalog.clock_timestamp() WHERE replica = ? AND generation = ?";

    private static final String RELEASE =
            "UPDATE " + StateTables.ACTIVE + " SET seen_at = NULL WHERE replica = ? AND generation = ?";

    private final Connection db;
    private final String replica;
    private final Calls calls;

    PostgresActiveRow(Connection db, String replica, Calls calls) {
        this.db = db;
        this.replica = replica;
        this.calls = calls;
    }

    @Override
    public Optional<Active> read(Duration silence) {
        return calls.ask(() -> {
            try (PreparedStatement s = db.prepareStatement(READ)) {
                s.setString(1, interval(silence));
                s.setString(2, replica);
                try (ResultSet r = s.executeQuery()) {
                    return r.next() ? Optional.of(new Active(r.getString(1), r.getBoolean(2))) : Optional.empty();
                }
            }
        });
    }

    @Override
    public Optional<Long> claim(String instance, Duration silence) {
        return calls.ask(() -> {
            try (PreparedStatement s = db.prepareStatement(CLAIM)) {
                s.setString(1, replica);
                s.setString(2, instance);
                s.setString(3, interval(silence));
                try (ResultSet r = s.executeQuery()) {
                    return r.next() ? Optional.of(r.getLong(1)) : Optional.empty();
                }
            }
        });
    }

    private static String interval(Duration silence) {
        return silence.toMillis() + " milliseconds";
    }

    @Override
    public boolean renew(long generation) {
        return calls.ask(() -> update(RENEW, generation)) == 1;
    }

    @Override
    public void release(long generation) {
        calls.run(() -> update(RELEASE, generation));
    }

    private int update(String sql, long generation) throws SQLException {
        try (PreparedStatement s = db.prepareStatement(sql)) {
            s.setString(1, replica);
            s.setLong(2, generation);
            return s.executeUpdate();
        }
    }
}
