--liquibase formatted sql

--changeset freshet:outbox-polling-1
-- What a relay needs that polls the table; one that reads the log does without.
CREATE INDEX freshet_outbox_by_seq ON freshet_outbox (seq);

--changeset freshet:outbox-polling-2
-- The numbers number .. number + events - 1, by which the relay sends, are those of the rows first_seq .. first_seq + events - 1.
-- As of then (numbered_at, microseconds since 1970) every seq up to high_seq was looked at, and every one up to settled_seq has its
-- number or will never come. Rows are only added, and taken away once they are old.
CREATE TABLE freshet_outbox_number (
    number bigint NOT NULL PRIMARY KEY,
    first_seq bigint NOT NULL UNIQUE,
    events int NOT NULL,
    high_seq bigint NOT NULL,
    settled_seq bigint NOT NULL,
    numbered_at bigint NOT NULL
);

--changeset freshet:outbox-polling-3
-- One row: the name of this history, the relay's slot if there is one, the first number that it gave, up to which number all is in
-- Kafka, and up to which seq all was settled then.
CREATE TABLE freshet_outbox_relay (
    id smallint NOT NULL PRIMARY KEY,
    identity varchar(20),
    slot varchar(63),
    begins bigint NOT NULL DEFAULT 1,
    confirmed bigint NOT NULL DEFAULT 1,
    settled_seq bigint NOT NULL DEFAULT 0
);

INSERT INTO freshet_outbox_relay (id) VALUES (1);

--changeset freshet:outbox-polling-4 splitStatements:false
-- Wakes a relay that sleeps. It holds the lock while it sleeps; whoever writes meanwhile notifies it, and whoever has begun before
-- keeps it from falling asleep until he has ended. A transaction that has notified cannot be prepared (PREPARE TRANSACTION): where
-- services do that, drop the trigger; the relay then looks more often.
CREATE FUNCTION freshet_outbox_wake() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_catalog.pg_try_advisory_xact_lock_shared(1179795525, TG_RELID::integer) THEN
        PERFORM pg_catalog.pg_notify('freshet_outbox', '');
    END IF;
    RETURN NULL;
END
$$;

--changeset freshet:outbox-polling-5
CREATE TRIGGER freshet_outbox_wake AFTER INSERT ON freshet_outbox FOR EACH STATEMENT EXECUTE FUNCTION freshet_outbox_wake();
