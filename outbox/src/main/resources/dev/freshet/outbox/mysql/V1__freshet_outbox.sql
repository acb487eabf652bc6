-- liquibase formatted sql

-- changeset freshet:outbox-1
-- Events wait here for the relay. Texts compare as their bytes do, blanks at their end included.
CREATE TABLE freshet_outbox (
    id binary(16) NOT NULL COMMENT 'a UUID of version 7, its most significant byte first',
    stream varchar(255) NOT NULL,
    event_key longtext COMMENT 'what the event is about: the key of its record; null if its order does not matter',
    event_type varchar(255) NOT NULL,
    content_type text NOT NULL,
    headers longtext COMMENT 'further headers of its record: a JSON object of texts',
    payload longtext COMMENT 'a payload that is JSON; any other stands in payload_bytes',
    payload_bytes longblob,
    PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
