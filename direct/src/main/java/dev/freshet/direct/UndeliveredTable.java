package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import dev.freshet.model.event.EventMessage;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The statements on {@code freshet_undelivered}, the same for PostgreSQL, MySQL and MariaDB. Safe to share between threads.
 *
 * <p>A row belongs to who has locked the oldest row of its key: it stays visible until its transaction commits, so that nobody
 * takes a later one of the key before.
 */
final class UndeliveredTable {
    private static final String FOLDER = "dev/freshet/direct/";
    private static final String MIGRATION = "V1__freshet_undelivered.sql";
    private static final int STATEMENT_SECONDS = 10;
    /** What is locked at once; further rows of the keys follow. */
    private static final int MOST_HEADS = 100;

    private final Transactions transactions;
    private final String source;

    UndeliveredTable(DataSource database, String source) {
        this.transactions = new Transactions(database);
        this.source = source;
    }

    static String migration(Dialect dialect) {
        return migrationFolder(dialect) + '/' + MIGRATION;
    }

    static String migrationFolder(Dialect dialect) {
        return FOLDER
                + switch (dialect) {
                    case POSTGRESQL -> "postgresql";
                    case MYSQL -> "mysql";
                    case MARIADB -> "mariadb";
                };
    }

    /** Runs work in a transaction and commits it. */
    <T> T transact(String what, Transactions.Work<T> work) {
        try {
            return transactions.run(work);
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    private static FreshetException failure(String what, SQLException e) {
        return SqlFailure.of(
                what + " failed in the table freshet_undelivered",
                "run the migration " + FOLDER + "…/" + MIGRATION + " of freshet-direct in the database of"
                        + " undelivered(…)",
                "the user of undelivered(…) needs GRANT SELECT, INSERT, UPDATE, DELETE ON freshet_undelivered",
                e);
    }

    private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(STATEMENT_SECONDS);
        return statement;
    }

    /** Adds events, in their order. */
    void insert(Connection connection, List<Entry> entries) throws SQLException {
        try (PreparedStatement insert = prepare(
                connection,
                "INSERT INTO freshet_undelivered (source, key_hash, id, stream, event_type, topic, event_time, event)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Entry entry : entries) {
                int n = 0;
                insert.setString(++n, source);
                insert.setString(++n, entry.lane().map(LaneKey::hash).orElse(null));
                insert.setString(++n, entry.event.id().toString());
                insert.setString(++n, entry.event.stream());
                insert.setString(++n, entry.event.type());
                insert.setString(++n, entry.topic);
                insert.setString(++n, entry.time);
                insert.setBytes(++n, EventMessage.encode(entry.event));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Returns whether a key has rows. */
    boolean has(Connection connection, String keyHash) throws SQLException {
        try (PreparedStatement select =
                prepare(connection, "SELECT 1 FROM freshet_undelivered WHERE source = ? AND key_hash = ? LIMIT 1")) {
            select.setString(1, source);
            select.setString(2, keyHash);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Returns keys that have rows.
     *
     * @param most how many at most
     */
    Set<String> keys(int most) {
        return transact("Reading which keys have events", connection -> {
            try (PreparedStatement select = prepare(
                    connection,
                    "SELECT DISTINCT key_hash FROM freshet_undelivered WHERE source = ? AND key_hash IS NOT NULL LIMIT ?")) {
                select.setString(1, source);
                select.setInt(2, most);
                Set<String> keys = new HashSet<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        keys.add(rows.getString(1));
                    }
                }
                return keys;
            }
        });
    }

    /** Returns how many rows there are. */
    long count() {
        return transact("Counting events", connection -> {
            try (PreparedStatement select =
                    prepare(connection, "SELECT count(*) FROM freshet_undelivered WHERE source = ?")) {
                select.setString(1, source);
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    /** A row without its event. */
    private record Head(long seq, String keyHash, long bytes) {}

    /**
     * Takes rows whose turn it is, in their order: the oldest ones of keys that nobody else has, and what follows them.
     *
     * @param after the oldest row of a key is taken only above this
     * @param most how many at most
     * @param mostBytes how many bytes at most, unless the first one is larger
     */
    List<Entry> take(Connection connection, long after, int most, long mostBytes) throws SQLException {
        List<Head> chosen = new ArrayList<>();
        Budget budget = new Budget(most, mostBytes);
        List<Head> oldest = heads(
                connection,
                "SELECT seq, key_hash, octet_length(event) FROM freshet_undelivered u WHERE source = ? AND seq > ? AND NOT EXISTS"
                        + " (SELECT 1 FROM freshet_undelivered e WHERE e.source = u.source AND e.key_hash = u.key_hash AND e.seq <"
                        + " u.seq) ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED",
                source,
                after,
                Math.min(most, MOST_HEADS));
        oldest.stream().takeWhile(budget::takes).forEach(chosen::add);
        for (Head head : List.copyOf(chosen)) {
            if (head.keyHash() != null && budget.hasRoom()) {
                heads(
                                connection,
                                "SELECT seq, key_hash, octet_length(event) FROM freshet_undelivered WHERE source = ? AND"
                                        + " key_hash = ? AND seq > ? ORDER BY seq LIMIT ?",
                                source,
                                head.keyHash(),
                                head.seq(),
                                most)
                        .stream()
                        .takeWhile(budget::takes)
                        .forEach(chosen::add);
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (Head head : chosen) {
            entries.add(read(connection, head.seq()));
        }
        return entries;
    }

    /** What may still be taken. */
    private static final class Budget {
        private int rows;
        private long bytes;
        private boolean used;

        Budget(int rows, long bytes) {
            this.rows = rows;
            this.bytes = bytes;
        }

        boolean hasRoom() {
            return rows > 0 && bytes > 0;
        }

        boolean takes(Head head) {
            if (used && (rows < 1 || bytes < head.bytes())) {
                rows = 0;
                return false;
            }
            used = true;
            rows--;
            bytes -= head.bytes();
            return true;
        }
    }

    private static List<Head> heads(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement select = prepare(connection, sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            List<Head> heads = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    heads.add(new Head(rows.getLong(1), rows.getString(2), rows.getLong(3)));
                }
            }
            return heads;
        }
    }

    private static Entry read(Connection connection, long seq) throws SQLException {
        try (PreparedStatement select =
                prepare(connection, "SELECT event, topic, event_time FROM freshet_undelivered WHERE seq = ?")) {
            select.setLong(1, seq);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("Row " + seq + " was deleted by someone who had not locked it");
                }
                return Entry.drained(seq, EventMessage.decode(row.getBytes(1)), row.getString(2), row.getString(3));
            }
        }
    }

    /** Deletes rows that were taken. */
    void delete(Connection connection, List<Entry> entries) throws SQLException {
        try (PreparedStatement delete = prepare(connection, "DELETE FROM freshet_undelivered WHERE seq = ?")) {
            for (Entry entry : entries) {
                delete.setLong(1, entry.row);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
