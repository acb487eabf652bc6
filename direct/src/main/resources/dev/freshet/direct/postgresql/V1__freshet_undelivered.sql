--liquibase formatted sql

--changeset freshet:undelivered-1
-- Events wait here that Kafka could not take, in the order of seq.
CREATE TABLE freshet_undelivered (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    source varchar(64) NOT NULL,
    key_hash char(64),
    id char(36) NOT NULL,
    stream varchar(64) NOT NULL,
    event_type varchar(255) NOT NULL,
    topic varchar(255) NOT NULL,
    event_time varchar(32) NOT NULL,
    event bytea NOT NULL,
    kept_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (seq)
);

CREATE INDEX freshet_undelivered_key ON freshet_undelivered (source, key_hash, seq);

COMMENT ON COLUMN freshet_undelivered.key_hash IS 'SHA-256 of stream and key: events that have the same stay in order; null if the order does not matter';
COMMENT ON COLUMN freshet_undelivered.event_time IS 'when it was published: the header ce_time';
COMMENT ON COLUMN freshet_undelivered.event IS 'key, headers and payload, in Freshet''s own format';
