package dev.freshet.capture.polling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.postgres.PostgresPolled;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.outbox.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class PostgresPollingTest extends PollingSuite {
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?");
    private static final int FEW_PAGES = 40;
    private TestDatabase own;

    @BeforeEach
    void take(TestDatabase database) {
        own = database;
    }

    @Override
    PollingFixture make(UnaryOperator<PollingSettings.Builder> more) throws Exception {
        return new PollingFixture(
                Dialect.POSTGRESQL, own.jdbcUrl(), own.user(), own.password(), "public", PostgresPolled::new, more);
    }

    @Override
    void beginElsewhere() throws SQLException {
        fixture.execute("CREATE TABLE other (id int)");
        Connection old = fixture.transaction();
        old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = old.createStatement()) {
            statement.execute("INSERT INTO other VALUES (1)");
        }
    }

    @Override
    void setBack() throws SQLException {
        fixture.execute("TRUNCATE freshet_outbox RESTART IDENTITY");
    }

    @Test
    void commit_wakesASleeper() throws Exception {
        prepare(b -> b);
        PolledDatabase.Sleep sleep = fixture.database.sleep(fixture.session()).orElseThrow();
        assertTrue(sleep.begin());
        assertFalse(sleep.await(Duration.ofMillis(20)), "nobody writes");
        fixture.publish("a");
        assertTrue(sleep.await(Duration.ofSeconds(30)));
    }

    @Test
    void whoHasWrittenBefore_keepsItAwakeUntilHeHasEnded() throws Exception {
        prepare(b -> b);
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        PolledDatabase.Sleep sleep = fixture.database.sleep(c).orElseThrow();
        Connection early = fixture.begun("a");
        assertFalse(sleep.begin(), "its commit would wake nobody");
        early.commit();
        assertTrue(sleep.begin());
        assertEquals(List.of("1:1"), fixture.round(numbering, c), "the look after falling asleep");
    }

    @Test
    void writersBesideAnAwakePoller_notifyNobody() throws Exception {
        prepare(b -> b);
        Connection listener = fixture.session();
        PolledDatabase.Sleep sleep = fixture.database.sleep(listener).orElseThrow();
        fixture.publish("a");
        assertTrue(sleep.begin());
        assertFalse(sleep.await(Duration.ofMillis(20)), "nothing was sent while it was awake");
        sleep.end();
        fixture.publish("b");
        assertTrue(sleep.begin());
        assertFalse(sleep.await(Duration.ofMillis(20)));
    }

    @Test
    void pollerWithoutTheTrigger_doesNotSleep() throws Exception {
        prepare(b -> b);
        fixture.execute("DROP TRIGGER freshet_outbox_wake ON freshet_outbox");
        assertTrue(fixture.database.sleep(fixture.session()).isEmpty());
    }

    @Test
    void sequenceThatSessionsCache_isRefused() throws Exception {
        prepare(b -> b);
        fixture.execute("ALTER SEQUENCE freshet_outbox_seq CACHE 10");
        List<String> problems = fixture.database.problems(fixture.session());
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).contains("ALTER SEQUENCE public.freshet_outbox_seq CACHE 1"), problems.get(0));
    }

    @Test
    void lookAndState_touchNoMoreWhileAnOldTransactionHoldsBackVacuum() throws Exception {
        prepare(b -> b);
        beginElsewhere();
        Connection c = fixture.session();
        Numbering numbering = fixture.numbering(c);
        for (int i = 0; i < 300; i++) {
            fixture.publish("a");
            fixture.round(numbering, c);
            fixture.execute("DELETE FROM freshet_outbox");
        }
        fixture.execute(
                "INSERT INTO freshet_outbox (id, stream, event_type, content_type, payload) SELECT ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,"
                        + " 'orders', 't', 'application/json', repeat('x', 500) FROM generate_series(1, 20000) i");
        while (!fixture.round(numbering, c).isEmpty()) {
            // all of them
        }
        fixture.execute("DELETE FROM freshet_outbox", "VACUUM freshet_outbox", "ANALYZE freshet_outbox");
        fixture.publish("b");
        long high = Long.parseLong(fixture.text("SELECT max(high_seq) FROM freshet_outbox_number"));
        String look = "SELECT seq FROM public.freshet_outbox WHERE seq > " + high + " ORDER BY seq LIMIT 5000";
        assertTouchesLittle(c, look);
        long all = pages(c, look.replace("> " + high, "> 0"));
        assertTrue(all > 10 * FEW_PAGES, () -> "the dead rows are there: " + all + " pages");
        assertTouchesLittle(c, "SELECT * FROM public.freshet_outbox_relay WHERE id = 1");
        assertTouchesLittle(c, "SELECT max(number) FROM public.freshet_outbox_number");
        assertEquals(1, fixture.round(numbering, c).size());
    }

    private static void assertTouchesLittle(Connection c, String query) throws SQLException {
        long pages = pages(c, query);
        assertTrue(pages < FEW_PAGES, () -> pages + " pages: " + query);
    }

    private static long pages(Connection c, String query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Statement statement = c.createStatement();
                ResultSet row = statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + query)) {
            while (row.next() && !row.getString(1).startsWith("Planning")) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        // the first node's figure has those of the others in it
        Matcher buffers = BUFFERS.matcher(plan);
        assertTrue(buffers.find(), plan::toString);
        String read = buffers.group(2);
        return Long.parseLong(buffers.group(1)) + (read == null ? 0 : Long.parseLong(read));
    }
}
