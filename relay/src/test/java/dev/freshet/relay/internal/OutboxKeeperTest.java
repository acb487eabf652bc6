package dev.freshet.relay.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.PostgresSettings;
import dev.freshet.capture.postgres.PostgresSource;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.SqlOutbox;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicKeys;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * When the keeper clears what a publisher has published whose clock was set back: such rows stand in the table's last partition, and
 * their time is over from the first moment on.
 */
@OnServers
class OutboxKeeperTest {
    private static final TableCapture TABLE = TableCapture.ofOutbox("public.freshet_outbox");
    private static final Duration BEHIND = Duration.ofHours(3);

    private TestDatabase db;
    private Source source;
    private ChangeLog log;
    private OutboxKeeper keeper;
    private Instant now = Instant.now();

    @BeforeEach
    void prepare(TestDatabase database) throws Exception {
        db = database;
        try (InputStream file = SqlOutbox.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            db.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        source = openSource();
        List<CapturedStream> streams = source.capture(List.of(TABLE));
        long start = source.createSlot();
        // a slot that is read tells the keeper that the server is the relay's still
        log = source.open(seen(source.flushedLsn()), start, 1, streams, null);
        RelaySettings settings = RelaySettings.builder(
                        "shop",
                        List.of(StreamSettings.ofEvents("orders", "orders")),
                        Map.of("bootstrap.servers", "x:1"))
                .slot(slot())
                .events(EventSettings.of("shop")
                        .withOutbox(
                                TABLE.table(), new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofMinutes(10))))
                .build();
        keeper = new OutboxKeeper(settings, new SourceAlone(), () -> now);
    }

    @AfterEach
    void close() {
        keeper.close();
        log.close();
        source.dropSlot();
        source.close();
    }

    private String slot() {
        return "slot_" + db.name().replaceAll("[^a-z0-9]", "_");
    }

    private Source openSource() {
        return PostgresSource.create(
                PostgresSettings.builder("shop", db.jdbcUrl(), db.user(), db.password())
                        .slot(slot())
                        .publication(slot())
                        .build(),
                InstantSource.system());
    }

    /** The keeper has nothing to do with Kafka. */
    private final class SourceAlone implements Ports {
        @Override
        public Source openSource() {
            return OutboxKeeperTest.this.openSource();
        }

        @Override
        public TopicStore openStore() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TopicWriter openWriter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public TopicKeys openKeys(TopicInfo topic, OffsetVector from, OffsetVector end) {
            throw new UnsupportedOperationException();
        }
    }

    private ServerSeen seen(long lsn) {
        SourceIdentity identity = source.identify();
        return new ServerSeen(identity.system(), identity.timeline(), lsn);
    }

    private void publish(String key) throws SQLException {
        SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL)
                .clock(() -> Instant.now().minus(BEHIND))
                .build();
        try (Connection c = db.connect()) {
            c.setAutoCommit(false);
            outbox.publish(c, Event.builder("orders", "t").key(key).payload(1).build());
            c.commit();
        }
    }

    private String left() throws SQLException {
        return db.text("SELECT coalesce(string_agg(event_key, ' ' ORDER BY event_key), '') FROM freshet_outbox_rest");
    }

    /** Has the keeper work, for the pause between two clearings as well, once everything up to a place is durable. */
    private void work(long durable, boolean whole) {
        keeper.lead(new OutboxKeeper.Durable(seen(durable), whole));
        now = now.plus(Duration.ofMinutes(1));
        keeper.doWork();
    }

    @Test
    void rowThatIsOldBeforeItIsSent_isClearedOnlyAfterwards() throws SQLException {
        publish("a");
        long before = source.flushedLsn();
        publish("b");
        work(before, true);
        work(before, true);
        work(before, true);
        assertEquals("a b", left(), "the boundary lies below what the table shows");
        db.execute("CREATE TABLE other ()");
        long after = source.flushedLsn();
        publish("c");
        work(after, false);
        assertEquals("a b c", left(), "what the table had before is not sent");
        work(after, true);
        assertEquals("c", left());
        work(source.flushedLsn(), true);
        db.execute("CREATE TABLE another ()");
        work(source.flushedLsn(), true);
        assertEquals("", left());
    }
}
