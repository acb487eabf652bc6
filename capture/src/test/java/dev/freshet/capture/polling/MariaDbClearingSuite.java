package dev.freshet.capture.polling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.OutboxSnapshot;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.mariadb.MariaDbPolled;
import dev.freshet.embedded.junit.MariaDbServer;
import dev.freshet.outbox.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How MariaDB's outbox table is cleared of what is sent. */
abstract class MariaDbClearingSuite {
    private static final Duration SPAN = Duration.ofMinutes(10);
    private static final OutboxRetention AN_HOUR = new OutboxRetention(Optional.of(Duration.ofHours(1)), SPAN);
    private static final OutboxRetention NOTHING = new OutboxRetention(Optional.of(Duration.ZERO), SPAN);
    private static final String LEFT = "SELECT coalesce(group_concat(event_key ORDER BY seq SEPARATOR ' '), '') FROM"
            + " freshet_outbox WHERE event_key <> 'ahead'";
    /** Of the year 2527. */
    private static final String AHEAD = "concat('0fffffff-ffff-7000-8000-', lpad(seq, 12, '0'))";

    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private final Dialect dialect;
    private PollingFixture fixture;
    private Connection c;
    private Numbering numbering;

    MariaDbClearingSuite(Dialect dialect) {
        this.dialect = dialect;
    }

    @BeforeEach
    void prepare() throws Exception {
        String url = SERVER.newDatabase();
        fixture = new PollingFixture(
                dialect,
                url,
                MariaDbServer.ADMIN,
                MariaDbServer.ADMIN,
                url.substring(url.lastIndexOf('/') + 1),
                s -> new MariaDbPolled(s, dialect == Dialect.MYSQL),
                b -> b);
        fixture.migrate();
        fixture.begin();
        c = fixture.session();
        numbering = fixture.numbering(c);
    }

    @AfterEach
    void close() throws Exception {
        fixture.closeAll();
    }

    /** Inserts rows by plain SQL. */
    private void insert(String key, String id, int rows) throws SQLException {
        fixture.execute("INSERT INTO freshet_outbox (id, stream, event_key, event_type, content_type, payload) SELECT "
                + (dialect == Dialect.MYSQL ? "unhex(replace(" + id + ", '-', ''))" : id) + ", 'orders', '" + key
                + "', 't', 'application/json', '1' FROM seq_1_to_" + rows);
    }

    /** Numbers everything, and has it be in Kafka. */
    private long send() throws SQLException {
        while (!fixture.round(numbering, c).isEmpty()) {
            // all of it
        }
        // an INSERT of a SELECT draws more than it needs
        fixture.roundsUntilGaps(numbering, c, 0);
        fixture.numbers.confirm(c, numbering.next(), numbering.settled());
        return numbering.next();
    }

    private OutboxCleaner cleaner() {
        return fixture.closing(fixture.source().outboxCleaner(TableCapture.ofOutbox(fixture.settings.table())));
    }

    private static int clear(OutboxCleaner cleaner, long below, OutboxRetention retention) {
        return cleaner.clear(new OutboxSnapshot("3:3:", below), retention);
    }

    @Test
    void rowsThatAreKept_hideNoneBehindThem() throws Exception {
        insert("ahead", AHEAD, 4_500);
        fixture.publish("a", "b");
        long next = send();
        OutboxCleaner cleaner = cleaner();
        assertEquals(2, clear(cleaner, next, NOTHING));
        fixture.publish("c");
        assertEquals(1, clear(cleaner, send(), NOTHING));
        assertEquals("4500", fixture.text("SELECT count(*) FROM freshet_outbox"));
    }

    @Test
    void rowsThatAreKept_goInTheirTime() throws Exception {
        fixture.publish("a");
        long next = send();
        OutboxCleaner cleaner = cleaner();
        OutboxRetention seconds = new OutboxRetention(Optional.of(Duration.ofSeconds(3)), Duration.ofSeconds(1));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> clear(cleaner, next, seconds) == 1);
    }

    @Test
    void rowThatIsSentAgain_staysUntilThen_thoughItsTimeIsOver() throws Exception {
        fixture.publish("a", "b");
        OutboxCleaner cleaner = cleaner();
        assertEquals(0, clear(cleaner, send(), AN_HOUR));
        // everything is numbered anew, and the first one is sent
        Source source = fixture.source();
        source.dropSlot();
        long first = source.createSlot();
        numbering = fixture.numbering(c);
        assertEquals(2, fixture.round(numbering, c).size());
        // of the year 1970
        String old = "concat('00000000-0001-7000-8000-', lpad(seq, 12, '0'))";
        fixture.execute("UPDATE freshet_outbox SET id = "
                + (dialect == Dialect.MYSQL ? "unhex(replace(" + old + ", '-', ''))" : old));
        assertEquals(1, clear(cleaner, first + 1, AN_HOUR));
        assertEquals("b", fixture.text(LEFT));
        assertEquals(1, clear(cleaner, send(), NOTHING));
    }
}
