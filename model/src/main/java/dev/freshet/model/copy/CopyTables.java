package dev.freshet.model.copy;

import java.util.List;

/**
 * The table and the view through which copies tell, in the consumer's own database, how fresh they are: one row a replica
 * and source.
 *
 * <p>The replica makes both ({@link #createStatements()}) and keeps the table ({@link #UPSERT}); services read the view
 * {@link #FRESHNESS}, by {@code dev.freshet.client} or plain SQL:
 *
 * <pre>{@code
 * SELECT complete, reason, complete_to, freshness_millis, changes_behind FROM freshet.freshness WHERE replica = ?
 * }</pre>
 *
 * <p>The view withdraws {@code complete} by itself once the replica has not renewed its row until {@code valid_until}
 * (by this database's clock): a process that was killed cannot clear its flag. What {@code complete_to} says stays true.
 *
 * <p>Waiting for a token ({@code system.timeline.lsn}, see {@link dev.freshet.model.Token}) in plain SQL: poll the
 * row of {@code replica} and {@code system} until {@code lsn >= token's lsn}; give up when {@code failed_lsn <= token's
 * lsn}, or when {@code timeline} is not the token's and {@code switches} has not the token's timeline with an LSN at or
 * above the token's.
 */
public final class CopyTables {
    /** The schema in the consumer's database. */
    public static final String SCHEMA = "freshet";

    /** The table that the replica keeps. */
    public static final String STATE = "freshet.copy_state";

    /** The view that services read. */
    public static final String FRESHNESS = "freshet.freshness";

    private static final String CREATE_SCHEMA = "CREATE SCHEMA IF NOT EXISTS freshet";

    private static final String CREATE_TABLE = """
            CREATE TABLE IF NOT EXISTS freshet.copy_state (
                replica text NOT NULL,
                source text NOT NULL,
                complete boolean NOT NULL,
                reason text,
                complete_to timestamptz,
                changes_behind bigint NOT NULL,
                epoch integer NOT NULL,
                position text,
                lsn bigint,
                system text NOT NULL,
                timeline bigint NOT NULL,
                switches text NOT NULL,
                failed_lsn bigint,
                failed_reason text,
                updated_at timestamptz NOT NULL,
                valid_until timestamptz NOT NULL,
                PRIMARY KEY (replica, source))""";

    private static final String CREATE_VIEW = """
            CREATE OR REPLACE VIEW freshet.freshness AS
            SELECT replica, source,
                complete AND clock_timestamp() < valid_until AS complete,
                CASE WHEN clock_timestamp() >= valid_until
                     THEN 'the replica has not reported since ' || updated_at || ', is it running?'
                     ELSE reason END AS reason,
                complete_to,
                (extract(epoch FROM clock_timestamp() - complete_to) * 1000)::bigint AS freshness_millis,
                changes_behind, epoch, position, lsn, system, timeline, switches, failed_lsn, failed_reason, updated_at,
                valid_until
            FROM freshet.copy_state""";

    /**
     * Writes a row. Parameters, in order: replica text, source text, complete boolean, reason text or null, complete_to
     * timestamptz or null, changes_behind bigint, epoch int, position text or null ({@code Position.toString()}), lsn
     * bigint or null (the same position's LSN), system text, timeline bigint, switches text ({@link
     * CopyState#switchesText()}), failed_lsn bigint or null, failed_reason text or null, and for how many milliseconds the
     * row is valid (bigint).
     */
    public static final String UPSERT = """
            INSERT INTO freshet.copy_state AS s (replica, source, complete, reason, complete_to, changes_behind, epoch,
                position, lsn, system, timeline, switches, failed_lsn, failed_reason, updated_at, valid_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(),
                clock_timestamp() + ? * interval '1 millisecond')
            ON CONFLICT (replica, source) DO UPDATE SET complete = excluded.complete, reason = excluded.reason,
                complete_to = excluded.complete_to, changes_behind = excluded.changes_behind, epoch = excluded.epoch,
                position = excluded.position, lsn = excluded.lsn, system = excluded.system,
                timeline = excluded.timeline, switches = excluded.switches, failed_lsn = excluded.failed_lsn,
                failed_reason = excluded.failed_reason, updated_at = excluded.updated_at,
                valid_until = excluded.valid_until""";

    private CopyTables() {}

    /** Returns the statements that make schema, table and view where they are missing, in order. */
    public static List<String> createStatements() {
        return List.of(CREATE_SCHEMA, CREATE_TABLE, CREATE_VIEW);
    }
}
