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
 * (by this database's clock): a process that was killed cannot clear its flag. Nor is {@code changes_behind} known then: it is
 * null. What {@code complete_to} says stays true.
 *
 * <p>A service that is not in Java waits for a token (see {@link dev.freshet.model.Token}) by asking every few milliseconds,
 * each time in a statement of its own, until the status is no longer {@code NOT_YET}:
 *
 * <pre>{@code
 * SELECT status, behind_bytes, reason FROM freshet.token_status(?, ?)   -- replica, token
 * }</pre>
 *
 * <p>It answers as {@link CopyState#answer} does. A token names the source's system, not the source: where several sources
 * of the replica are of that system (databases or slots of one cluster), or have not read their ledger yet and so may be,
 * it answers the {@link TokenStatus#worse worst} of them. The token itself it takes on the source, after its commit, with {@link
 * #TAKE_TOKEN}.
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
                CASE WHEN clock_timestamp() < valid_until THEN changes_behind END AS changes_behind,
                epoch, position, lsn, system, timeline, switches, failed_lsn, failed_reason, updated_at,
                valid_until
            FROM freshet.copy_state""";

    private static final String CREATE_FUNCTION = """
            CREATE OR REPLACE FUNCTION freshet.token_status(of_replica text, token text,
                OUT status text, OUT behind_bytes bigint, OUT reason text) LANGUAGE plpgsql STABLE AS $$
            DECLARE
                parts text[] := regexp_match(token, '^([0-9]{1,20})[.]([0-9a-f]{1,8})[.]([0-9a-f]{1,16})$');
                token_timeline bigint;
                token_lsn bigint;
                s freshet.copy_state;
                known integer;
                left_at bigint;
                ranks text[] := ARRAY['REACHED', 'NOT_YET', 'BROKEN', 'LOST'];
                its_status text;
                its_behind bigint;
                its_reason text;
                other text;
            BEGIN
                IF parts IS NULL THEN
                    RAISE EXCEPTION 'Not a token (expected system.timeline.lsn): %', token USING ERRCODE = '22023';
                END IF;
                token_timeline := ('x' || lpad(parts[2], 16, '0'))::bit(64)::bigint;
                token_lsn := ('x' || lpad(parts[3], 16, '0'))::bit(64)::bigint;
                behind_bytes := 0;
                FOR s IN SELECT c.* FROM freshet.copy_state c
                          WHERE c.replica = of_replica AND c.system IN (parts[1], '') ORDER BY c.source LOOP
                    SELECT count(*) FILTER (WHERE split_part(t, ':', 1)::bigint = token_timeline),
                           min(split_part(t, ':', 2)::bigint)
                      INTO known, left_at FROM regexp_split_to_table(s.switches, ',') t
                     WHERE t <> '' AND split_part(t, ':', 1)::bigint BETWEEN token_timeline AND s.timeline - 1;
                    its_status := 'NOT_YET';
                    its_behind := -1;
                    IF s.system = '' THEN
                        its_reason := 'the copy has not read the ledger of source ' || s.source || ' yet';
                    ELSIF token_timeline < s.timeline AND (known = 0 OR token_lsn > left_at) THEN
                        its_status := 'LOST';
                        its_behind := 0;
                        its_reason := 'source ' || s.source || ' is on timeline ' || s.timeline
                            || ', and the token lies beyond the switch of its own';
                    ELSIF token_lsn >= s.failed_lsn THEN
                        its_status := 'BROKEN';
                        its_behind := 0;
                        its_reason := s.failed_reason;
                    ELSIF token_timeline > s.timeline OR s.lsn IS NULL THEN
                        its_reason := 'no boundary of the token''s timeline has been reached yet';
                    ELSIF token_lsn <= s.lsn THEN
                        its_status := 'REACHED';
                        its_behind := 0;
                        its_reason := NULL;
                    ELSE
                        its_behind := token_lsn - s.lsn;
                        its_reason := its_behind || ' bytes of the log of source ' || s.source || ' behind';
                    END IF;
                    IF status IS NULL OR array_position(ranks, its_status) > array_position(ranks, status)
                        OR (its_status = status AND behind_bytes >= 0
                            AND (its_behind < 0 OR its_behind > behind_bytes)) THEN
                        status := its_status;
                        behind_bytes := its_behind;
                        reason := its_reason;
                    END IF;
                END LOOP;
                IF status IS NULL THEN
                    SELECT c.source INTO other FROM freshet.copy_state c WHERE c.replica = of_replica
                        ORDER BY c.source LIMIT 1;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'No replica % has reported in this database', of_replica
                            USING ERRCODE = '42704';
                    END IF;
                    status := 'LOST';
                    reason := 'the token is of another system than source ' || other;
                END IF;
            END $$""";

    /**
     * Takes a token on a PostgreSQL source, after the commit (inside the transaction it is too early): one row with one
     * text.
     */
    public static final String TAKE_TOKEN = """
            SELECT system_identifier || '.' || ltrim(lower(left(pg_walfile_name(at), 8)), '0') || '.'
                || to_hex(n - CASE WHEN n % page <= 40 THEN n % page ELSE 0 END)
            FROM pg_control_system(), pg_current_wal_insert_lsn() AS at,
                LATERAL (SELECT (at - '0/0')::bigint AS n, current_setting('wal_block_size')::bigint AS page) AS parts""";

    /**
     * Writes a row. Parameters, in order: replica text, source text, complete boolean, reason text or null, complete_to
     * timestamptz or null, changes_behind bigint, epoch int, position text or null ({@code Position.toString()}), lsn
     * bigint or null (the same position's LSN; null too if it is of an earlier epoch), system text (empty before the
     * ledger has been read, then with timeline 1), timeline bigint, switches text ({@link
     * CopyState#switchesText()}), failed_lsn bigint or null, failed_reason text or null, and valid_until timestamptz, by
     * this database's clock, counted from before the first look at what the row says.
     */
    public static final String UPSERT = """
            INSERT INTO freshet.copy_state AS s (replica, source, complete, reason, complete_to, changes_behind, epoch,
                position, lsn, system, timeline, switches, failed_lsn, failed_reason, updated_at, valid_until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(), ?)
            ON CONFLICT (replica, source) DO UPDATE SET complete = excluded.complete, reason = excluded.reason,
                complete_to = excluded.complete_to, changes_behind = excluded.changes_behind, epoch = excluded.epoch,
                position = excluded.position, lsn = excluded.lsn, system = excluded.system,
                timeline = excluded.timeline, switches = excluded.switches, failed_lsn = excluded.failed_lsn,
                failed_reason = excluded.failed_reason, updated_at = excluded.updated_at,
                valid_until = excluded.valid_until""";

    private CopyTables() {}

    /**
     * Returns the statements that make schema, table, view and function where they are missing, in order. Instances that
     * start together run them under a lock.
     */
    public static List<String> createStatements() {
        return List.of(CREATE_SCHEMA, CREATE_TABLE, CREATE_VIEW, CREATE_FUNCTION);
    }
}
