-- liquibase formatted sql

-- changeset freshet:outbox-1
-- Events wait here for the relay. Texts compare as their bytes do, blanks at their end included.
CREATE TABLE freshet_outbox (
    id uuid NOT NULL,
    stream varchar(255) NOT NULL,
    event_key longtext COMMENT 'what the event is about: the key of its record; null if its order does not matter',
    event_type varchar(255) NOT NULL,
    content_type text NOT NULL,
    headers longtext COMMENT 'further headers of its record: a JSON object of texts',
    payload longtext COMMENT 'a payload that is JSON; any other stands in payload_bytes',
    payload_bytes longblob,
    seq bigint NOT NULL AUTO_INCREMENT COMMENT 'in which order the rows were begun, not in which they committed',
    PRIMARY KEY (id),
    UNIQUE KEY (seq),
    CONSTRAINT freshet_outbox_id_is_a_uuid_of_version_7
        CHECK (substr(cast(id AS char(36)), 15, 1) = '7' AND substr(cast(id AS char(36)), 20, 1) IN ('8', '9', 'a', 'b'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- changeset freshet:outbox-2
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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- changeset freshet:outbox-3
-- One row: the name of this history, the relay's slot if there is one, the first number that it gave, up to which number all is in
-- Kafka, and up to which seq all was settled then.
CREATE TABLE freshet_outbox_relay (
    id smallint NOT NULL PRIMARY KEY,
    identity varchar(20),
    slot varchar(63),
    begins bigint NOT NULL DEFAULT 1,
    confirmed bigint NOT NULL DEFAULT 1,
    settled_seq bigint NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

INSERT INTO freshet_outbox_relay (id) VALUES (1);
