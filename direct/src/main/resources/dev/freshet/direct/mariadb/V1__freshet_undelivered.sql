-- liquibase formatted sql

-- changeset freshet:undelivered-1
-- Events wait here that Kafka could not take, in the order of seq.
CREATE TABLE freshet_undelivered (
    seq bigint NOT NULL AUTO_INCREMENT,
    source varchar(64) NOT NULL,
    key_hash char(64) COMMENT 'SHA-256 of stream and key: events that have the same stay in order; null if the order does not matter',
    id char(36) NOT NULL,
    stream varchar(64) NOT NULL,
    event_type varchar(255) NOT NULL,
    topic varchar(255) NOT NULL,
    event_time varchar(32) NOT NULL COMMENT 'when it was published: the header ce_time',
    event longblob NOT NULL COMMENT 'key, headers and payload, in the format of Freshet',
    kept_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (seq),
    INDEX freshet_undelivered_key (source, key_hash, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
