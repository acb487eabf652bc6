package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log that a slot holds back goes when the relay has it, and is told of where it stays. */
class RetainedLogTest extends RelayFixture {
    private static final long LIMIT_BYTES = 2 << 20;
    private static final String FOUR_MEGABYTES =
            "INSERT INTO filler SELECT repeat(md5(i::text), 4) FROM generate_series(1, 25000) i";

    @Test
    void idleDatabase_letsTheLogGo_whichOthersWrite(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase other)
            throws SQLException {
        other.execute("CREATE TABLE filler (text text)");
        Relay relay = start(settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .heartbeatInterval(Duration.ofMillis(200))
                .build());
        settle(relay);
        long before = insertLsn();
        other.execute(FOUR_MEGABYTES);
        assertTrue(insertLsn() - before > LIMIT_BYTES);
        until(relay, s -> {
            checkpoint();
            return s.position() != null
                    && s.position().lsn() > before + LIMIT_BYTES
                    && s.retainedWalBytes() < LIMIT_BYTES;
        });
    }

    @Test
    void logHeldBackBeyondTheLimit_isAnAlarmWithTheBytes_untilItGoes(EmbeddedKafka kafka, TopicPrefix prefix)
            throws SQLException {
        db.execute("CREATE TABLE filler (text text)");
        Relay relay = start(settings(kafka, prefix, List.of(stream("items", "public.item", topic)))
                .retainedWalAlarmBytes(LIMIT_BYTES)
                .build());
        settle(relay);
        try (Connection open = db.connect();
                Statement unfinished = open.createStatement()) {
            open.setAutoCommit(false);
            unfinished.execute("INSERT INTO item VALUES (1, 'not committed', 1)");
            db.execute(FOUR_MEGABYTES);
            until(relay, s -> {
                checkpoint();
                return !s.alarms().isEmpty();
            });
            RelayStatus status = relay.status();
            String alarm = status.alarms().get(0);
            assertTrue(status.retainedWalBytes() > LIMIT_BYTES, status.toString());
            assertTrue(
                    alarm.contains("'" + slot() + "' holds back ")
                            && alarm.contains(" bytes of log, more than the limit of " + LIMIT_BYTES)
                            && alarm.contains("sources.shop.max-retained-wal"),
                    alarm);
            open.rollback();
        }
        until(relay, s -> {
            checkpoint();
            return s.alarms().isEmpty();
        });
        assertEquals(List.of(), relay.status().alarms());
    }

    /** The server moves a slot's beginning where it notes the running transactions, as it does every 15 s and here. */
    private void checkpoint() {
        try {
            db.execute("CHECKPOINT");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
