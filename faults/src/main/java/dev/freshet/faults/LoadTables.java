package dev.freshet.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of the source. Every change of a row gives it a new number from one sequence, its {@code version}, and stands in
 * {@code load_history}, which is not captured; {@code load_tx} says for each transaction where the log was when it began, so
 * that the next one of the same writer says by when it was committed.
 *
 * <p>{@code cash} and {@code bank} are apart from these: amounts are moved between them (see {@link Mover}), and their sum stays.
 */
final class LoadTables {
    /** Table and expression of its key as text. */
    static final List<Keyed> KEYED = List.of(
            new Keyed("item", "ROW.id::text"),
            new Keyed("stock", "ROW.warehouse || '/' || ROW.item"),
            new Keyed("event", "ROW.id::text"));

    static final int KEYS = 1_500;

    /** The tables between which amounts are moved: their sum is always {@link #AMOUNT}. */
    static final String CASH = "cash";

    static final String BANK = "bank";
    static final int ACCOUNTS = 200;
    static final long AMOUNT = 2L * ACCOUNTS * 1_000;

    private static final String[] TABLES = {
        "CREATE SEQUENCE load_version",
        "CREATE TABLE load_tx (id bigserial PRIMARY KEY, writer int NOT NULL, xid xid8 NOT NULL DEFAULT"
                + " pg_current_xact_id(), begun pg_lsn NOT NULL DEFAULT pg_current_wal_insert_lsn())",
        "CREATE TABLE load_history (tab text, key text, version bigint, gone boolean NOT NULL, xid xid8 NOT NULL DEFAULT"
                + " pg_current_xact_id(), settled boolean NOT NULL DEFAULT false, PRIMARY KEY (tab, key, version))",
        "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, price numeric(12,2), note text, tags text[],"
                + " at timestamptz NOT NULL DEFAULT now(), version bigint NOT NULL DEFAULT 0)",
        "CREATE TABLE stock (warehouse int, item bigint, quantity int NOT NULL, version bigint NOT NULL DEFAULT 0,"
                + " PRIMARY KEY (warehouse, item))",
        "CREATE TABLE event (id bigint PRIMARY KEY, body text NOT NULL, version bigint NOT NULL DEFAULT 0)",
        "CREATE TABLE bulk (id bigint PRIMARY KEY, body text NOT NULL)",
        "CREATE TABLE cash (id bigint PRIMARY KEY, amount bigint NOT NULL, moves bigint NOT NULL DEFAULT 0)",
        "CREATE TABLE bank (id bigint PRIMARY KEY, amount bigint NOT NULL)",
        "INSERT INTO cash VALUES (0, 0)",
        "INSERT INTO cash SELECT i, 1000 FROM generate_series(1, " + ACCOUNTS + ") i",
        "INSERT INTO bank SELECT i, 1000 FROM generate_series(1, " + ACCOUNTS + ") i",
        "INSERT INTO item (id, name, price, note, tags) SELECT i, 'item ' || i, i + 0.50,"
                + " CASE WHEN i % 20 = 0 THEN (SELECT string_agg(md5(i::text || n::text), '') FROM generate_series(1, 150) n)"
                + " END, ARRAY['a', NULL, i::text] FROM generate_series(1, " + KEYS + ") i",
        "INSERT INTO stock SELECT w, i, w * i FROM generate_series(1, 2) w, generate_series(1, " + KEYS + ") i",
        "CREATE FUNCTION load_number() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN NEW.version := nextval(''load_version''); RETURN NEW; END'"
    };

    private LoadTables() {}

    /**
     * A table and its key.
     *
     * @param table its name, at the source and as a copy
     * @param key the SQL of its key as text, with ROW for the row
     */
    record Keyed(String table, String key) {
        /** Returns the key's SQL for a row of this name. */
        String keyOf(String row) {
            return key.replace("ROW", row);
        }
    }

    /** Makes the tables, with rows. */
    static void create(Connection connection) throws SQLException {
        try (Statement s = connection.createStatement()) {
            for (String table : TABLES) {
                s.execute(table);
            }
            for (Keyed t : KEYED) {
                s.execute("CREATE FUNCTION load_" + t.table() + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND " + t.keyOf("OLD") + " <> " + t.keyOf("NEW")
                        + ") THEN INSERT INTO load_history VALUES ('" + t.table() + "', " + t.keyOf("OLD")
                        + ", nextval('load_version'), true); END IF;"
                        + " IF TG_OP <> 'DELETE' THEN INSERT INTO load_history VALUES ('" + t.table() + "', "
                        + t.keyOf("NEW") + ", NEW.version, false); END IF; RETURN NULL; END $$");
                s.execute("CREATE TRIGGER number BEFORE INSERT OR UPDATE ON " + t.table()
                        + " FOR EACH ROW EXECUTE FUNCTION load_number()");
                s.execute("CREATE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON " + t.table()
                        + " FOR EACH ROW EXECUTE FUNCTION load_" + t.table() + "()");
            }
        }
    }

    /** Writes many rows in one transaction. */
    static void writeBulk(Connection connection, int rows) throws SQLException {
        try (Statement s = connection.createStatement()) {
            s.execute("INSERT INTO bulk SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, " + rows + ") i");
        }
    }
}
