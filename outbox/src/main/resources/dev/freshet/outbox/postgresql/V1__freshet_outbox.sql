--liquibase formatted sql

--changeset freshet:outbox-1
-- Events wait here for the relay. An id is a UUID of version 7, which carries its time: so the table is partitioned by time, and
-- an id is unique in all of it. What no other partition takes stands in the last one. A relay that polls goes by seq; it relies on
-- a sequence that gives each session one number at a time.
CREATE SEQUENCE freshet_outbox_seq CACHE 1;

CREATE TABLE freshet_outbox (
    id uuid NOT NULL,
    stream text NOT NULL,
    event_key text,
    event_type text NOT NULL,
    content_type text NOT NULL,
    headers text,
    payload text,
    payload_bytes bytea,
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint NOT NULL DEFAULT nextval('freshet_outbox_seq'),
    PRIMARY KEY (id),
    CONSTRAINT freshet_outbox_id_is_a_uuid_of_version_7
        CHECK (get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2)
) PARTITION BY RANGE (id);

ALTER SEQUENCE freshet_outbox_seq OWNED BY freshet_outbox.seq;

CREATE TABLE freshet_outbox_rest PARTITION OF freshet_outbox DEFAULT;

COMMENT ON COLUMN freshet_outbox.txid IS 'the transaction that published it, by which the relay tells what it has sent';
COMMENT ON COLUMN freshet_outbox.seq IS 'in which order the rows were begun, not in which they committed';
COMMENT ON COLUMN freshet_outbox.event_key IS 'what the event is about: the key of its record; null if its order does not matter';
COMMENT ON COLUMN freshet_outbox.headers IS 'further headers of its record: a JSON object of texts';
COMMENT ON COLUMN freshet_outbox.payload IS 'a payload that is JSON; any other stands in payload_bytes';

--changeset freshet:outbox-2 splitStatements:false
-- The least id of a time: every id of that time and later is not less.
CREATE FUNCTION freshet_outbox_id(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || '8000000000000000')::uuid
$$;

--changeset freshet:outbox-3 splitStatements:false
-- Drops a partition, the oldest first, whose time is over by more than "keep" (null for never) and whose rows are all shown by "sent", the newest
-- snapshot of which the relay has everything in Kafka; returns 1 if it did. Then makes those of the time to come. It belongs to the
-- table's owner, so that a relay needs EXECUTE on it and no more.
CREATE FUNCTION freshet_outbox_roll(sent pg_snapshot, keep interval, span interval, ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '1s' AS $$
DECLARE
    part record;
    unsent boolean;
    dropped integer := 0;
    upper_id uuid;
    begins timestamptz := date_bin(span, clock_timestamp(), 'epoch') + span;
    name text;
BEGIN
    FOR part IN
        SELECT c.oid::regclass AS name,
            substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::uuid AS ends
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'freshet_outbox'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
        ORDER BY 2
    LOOP
        upper_id := part.ends;
        -- one a call: a drop locks the whole table until the end, and no further partition is gone through meanwhile
        IF dropped = 0 AND part.ends <= freshet_outbox_id(clock_timestamp() - keep) THEN
            -- keeps writers away and lets readers on, who may hold the table already
            EXECUTE format('LOCK TABLE %s IN SHARE MODE', part.name);
            EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE NOT pg_visible_in_snapshot(txid, $1))', part.name)
                INTO unsent USING sent;
            IF NOT unsent THEN
                EXECUTE format('DROP TABLE %s', part.name);
                dropped := dropped + 1;
            END IF;
        END IF;
    END LOOP;
    DELETE FROM freshet_outbox_rest
        WHERE id < freshet_outbox_id(clock_timestamp() - keep) AND pg_visible_in_snapshot(txid, sent);
    WHILE begins < clock_timestamp() + (ahead + 1) * span LOOP
        IF upper_id IS NULL OR freshet_outbox_id(begins) >= upper_id THEN
            name := 'freshet_outbox_' || to_char(begins AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS');
            EXECUTE format('CREATE TABLE %I (LIKE freshet_outbox INCLUDING ALL)', name);
            -- ids of a time to come, by a clock that is ahead, stand in the last partition until now
            LOCK TABLE freshet_outbox_rest IN ACCESS EXCLUSIVE MODE;
            EXECUTE format('WITH early AS (DELETE FROM freshet_outbox_rest WHERE id >= %L AND id < %L RETURNING *)
                INSERT INTO %I SELECT * FROM early', freshet_outbox_id(begins), freshet_outbox_id(begins + span), name);
            EXECUTE format('ALTER TABLE freshet_outbox ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                name, freshet_outbox_id(begins), freshet_outbox_id(begins + span));
        END IF;
        begins := begins + span;
    END LOOP;
    RETURN dropped;
END
$$;

REVOKE ALL ON FUNCTION freshet_outbox_roll FROM PUBLIC;
