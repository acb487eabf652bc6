--liquibase formatted sql

--changeset freshet:outbox-1
-- Events wait here for the relay. An id is a UUID of version 7, which carries its time: so the table is partitioned by time, and
-- an id is unique in all of it. What no other partition takes stands in the last one.
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
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE TABLE freshet_outbox_rest PARTITION OF freshet_outbox DEFAULT;

COMMENT ON COLUMN freshet_outbox.txid IS 'the transaction that published it, by which the relay tells what it has sent';
COMMENT ON COLUMN freshet_outbox.event_key IS 'what the event is about: the key of its record; null if its order does not matter';
COMMENT ON COLUMN freshet_outbox.headers IS 'further headers of its record: a JSON object of texts';
COMMENT ON COLUMN freshet_outbox.payload IS 'a payload that is JSON; any other stands in payload_bytes';
