package dev.freshet.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts in the copies' database what is applied: a trigger on each copy notes, in the transaction of the effect itself, key
 * and version, and so the position, of every row that is written or deleted. What the server takes back in a crash, it takes
 * back together with its note.
 *
 * <p>A version that is written twice is a doubled effect; one that is lower than the one before of its key is out of order.
 */
final class CountingCopy {
    private static final int EXAMPLES = 5;

    private long applied;
    private long doubled;
    private long disordered;
    private final List<String> examples = new ArrayList<>();

    /** Begins to count. The copies must stand still meanwhile. */
    static void install(Connection target) throws SQLException {
        try (Statement s = target.createStatement()) {
            s.execute("CREATE TABLE applied (seq bigserial PRIMARY KEY, tab text NOT NULL, key text NOT NULL, op text"
                    + " NOT NULL, version bigint NOT NULL)");
            s.execute("CREATE INDEX ON applied (tab, key, seq)");
            for (LoadTables.Keyed t : LoadTables.KEYED) {
                s.execute("INSERT INTO applied (tab, key, op, version) SELECT '" + t.table() + "', " + t.keyOf("t")
                        + ", 'BEGIN', version FROM " + t.table() + " t");
                s.execute("CREATE FUNCTION count_" + t.table() + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " IF TG_OP = 'DELETE' THEN INSERT INTO applied (tab, key, op, version) VALUES ('" + t.table()
                        + "', " + t.keyOf("OLD") + ", TG_OP, OLD.version); ELSE"
                        + " INSERT INTO applied (tab, key, op, version) VALUES ('" + t.table() + "', "
                        + t.keyOf("NEW") + ", TG_OP, NEW.version); END IF; RETURN NULL; END $$");
                s.execute("CREATE TRIGGER counts AFTER INSERT OR UPDATE OR DELETE ON " + t.table()
                        + " FOR EACH ROW EXECUTE FUNCTION count_" + t.table() + "()");
            }
        }
    }

    /**
     * Counts what was applied since the last time, and forgets all but the last note of each key.
     *
     * @throws SQLException if the server is away; what is wrong may be counted twice then, and is not forgotten
     */
    void count(Connection target) throws SQLException {
        target.setAutoCommit(false);
        target.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        long twice = 0;
        long back = 0;
        long all;
        List<String> found = new ArrayList<>();
        try (Statement s = target.createStatement()) {
            try (ResultSet row = s.executeQuery("SELECT tab, key, op, version, before FROM (SELECT *, lag(version) OVER"
                    + " (PARTITION BY tab, key ORDER BY seq) AS before FROM applied) a WHERE (op <> 'DELETE' AND"
                    + " version <= before) OR (op = 'DELETE' AND version < before)")) {
                while (row.next()) {
                    boolean same = row.getLong("version") == row.getLong("before");
                    twice += same ? 1 : 0;
                    back += same ? 0 : 1;
                    if (found.size() < EXAMPLES) {
                        found.add(row.getString("tab") + " " + row.getString("key") + ": " + row.getString("op")
                                + " of version " + row.getLong("version") + " after version "
                                + row.getLong("before"));
                    }
                }
            }
            all = s.executeUpdate("DELETE FROM applied a WHERE EXISTS (SELECT FROM applied b WHERE b.tab = a.tab AND"
                    + " b.key = a.key AND b.seq > a.seq)");
            // before the commit: if nobody learns that it was done, the notes are gone, and what they said must not be
            doubled += twice;
            disordered += back;
            found.stream().limit(Math.max(0, EXAMPLES - examples.size())).forEach(examples::add);
            target.commit();
        }
        applied += all;
    }

    /** Returns how many effects were counted and were not the last of their key. */
    long applied() {
        return applied;
    }

    /** Returns how many effects there were a second time. */
    long doubled() {
        return doubled;
    }

    /** Returns how many effects came after a newer one of their key. */
    long disordered() {
        return disordered;
    }

    /** Returns some of the doubled and disordered effects in words. */
    List<String> examples() {
        return List.copyOf(examples);
    }
}
