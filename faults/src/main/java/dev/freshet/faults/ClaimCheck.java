package dev.freshet.faults;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the copies while they claim to be complete: reads claim, position and copies in one snapshot, and compares them with
 * what the source had committed up to that position for sure (see {@link LoadTables}). A row may be newer, it may never be
 * older or missing. Belongs to one thread.
 */
final class ClaimCheck {
    private static final int EXAMPLES = 5;

    /** The source forgets what is older than so many claims: a crash of the target may take it back a little. */
    private static final int KEPT_CLAIMS = 12;

    private static final String BOUNDED =
            "SELECT xid FROM (SELECT xid, lead(begun) OVER (PARTITION BY writer ORDER BY id)"
                    + " AS done FROM load_tx) t WHERE done <= ?::pg_lsn";

    private static final String FALSE_CLAIMS = """
            WITH last AS (
              SELECT DISTINCT ON (tab, key) tab, key, version, gone FROM load_history
               WHERE settled OR xid IN (%s) ORDER BY tab, key, version DESC)
            SELECT l.tab, l.key, l.version, l.gone, c.version AS copied
              FROM last l LEFT JOIN unnest(?::text[], ?::text[], ?::bigint[]) c (tab, key, version) USING (tab, key)
             WHERE c.version < l.version
                OR (c.version IS NULL AND NOT l.gone AND NOT EXISTS (SELECT FROM load_history h
                     WHERE h.tab = l.tab AND h.key = l.key AND h.gone AND h.version > l.version))
            """.formatted(BOUNDED);

    private final Deque<String> kept = new ArrayDeque<>();
    private final List<String> examples = new ArrayList<>();
    private @Nullable Claim open;
    private long checked;
    private long wrong;

    /** A claim with what the copies held. */
    private record Claim(String lsn, List<String> tables, List<String> keys, List<Long> versions) {}

    /**
     * Takes the present claim, unless one is still to be checked.
     *
     * @return whether the copies claim to be complete
     */
    boolean take(Connection target) throws SQLException {
        target.setAutoCommit(false);
        target.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement s = target.createStatement()) {
            String lsn;
            try (ResultSet row =
                    s.executeQuery("SELECT '0/0'::pg_lsn + lsn::numeric FROM freshet.freshness WHERE replica =" + " '"
                            + FaultSettings.REPLICA + "' AND complete")) {
                if (!row.next()) {
                    return false;
                }
                lsn = row.getString(1);
            }
            if (open == null) {
                List<String> tables = new ArrayList<>();
                List<String> keys = new ArrayList<>();
                List<Long> versions = new ArrayList<>();
                for (LoadTables.Keyed t : LoadTables.KEYED) {
                    try (ResultSet row =
                            s.executeQuery("SELECT " + t.keyOf("t") + ", version FROM " + t.table() + " t")) {
                        while (row.next()) {
                            tables.add(t.table());
                            keys.add(row.getString(1));
                            versions.add(row.getLong(2));
                        }
                    }
                }
                open = new Claim(lsn, tables, keys, versions);
            }
            return true;
        } finally {
            target.rollback();
        }
    }

    /** Compares the claim that was taken, if there is one, with the source. */
    void check(Connection source) throws SQLException {
        Claim claim = open;
        if (claim == null) {
            return;
        }
        source.setAutoCommit(false);
        source.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        long found = 0;
        List<String> told = new ArrayList<>();
        try (PreparedStatement s = source.prepareStatement(FALSE_CLAIMS)) {
            s.setString(1, claim.lsn());
            s.setArray(2, texts(source, claim.tables()));
            s.setArray(3, texts(source, claim.keys()));
            s.setArray(4, source.createArrayOf("bigint", claim.versions().toArray()));
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    found++;
                    told.add("complete to " + claim.lsn() + ", but " + row.getString("tab") + " "
                            + row.getString("key") + " is of version " + row.getString("copied") + " instead of "
                            + row.getLong("version") + (row.getBoolean("gone") ? ", deleted" : ""));
                }
            }
        }
        kept.add(claim.lsn());
        if (kept.size() > KEPT_CLAIMS) {
            settle(source, kept.remove());
        }
        source.commit();
        open = null;
        checked++;
        wrong += found;
        told.stream().limit(Math.max(0, EXAMPLES - examples.size())).forEach(examples::add);
    }

    /** Forgets what no claim can be about any more, so that the history stays small. */
    private static void settle(Connection source, String lsn) throws SQLException {
        execute(source, "UPDATE load_history SET settled = true WHERE NOT settled AND xid IN (" + BOUNDED + ")", lsn);
        execute(
                source,
                "DELETE FROM load_tx t USING (SELECT id, lead(begun) OVER (PARTITION BY writer ORDER BY id) AS done FROM"
                        + " load_tx) d WHERE d.id = t.id AND d.done <= ?::pg_lsn",
                lsn);
        execute(
                source,
                "DELETE FROM load_history h WHERE h.settled AND EXISTS (SELECT FROM load_history n WHERE n.tab = h.tab AND"
                        + " n.key = h.key AND n.settled AND n.version > h.version)");
    }

    private static void execute(Connection c, String sql, String... values) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                s.setString(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }

    private static Array texts(Connection c, List<String> values) throws SQLException {
        return c.createArrayOf("text", values.toArray());
    }

    /** Returns how many claims were checked. */
    long checked() {
        return checked;
    }

    /** Returns how many rows were older, or missing, than was claimed. */
    long wrong() {
        return wrong;
    }

    /** Returns some of them in words. */
    List<String> examples() {
        return List.copyOf(examples);
    }
}
