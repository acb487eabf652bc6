package dev.freshet.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Position;
import dev.freshet.model.RetriableException;
import dev.freshet.model.Token;
import dev.freshet.model.copy.CopyState;
import dev.freshet.model.copy.TokenStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@OnServers
class CopyTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NAME = "shipping";

    private TestDatabase database;
    private TestReplica replica;
    private PGSimpleDataSource pool;
    private Copy copy;

    @BeforeEach
    void start(TestDatabase consumer) throws SQLException {
        database = consumer;
        pool = new PGSimpleDataSource();
        pool.setUrl(database.jdbcUrl());
        pool.setUser(database.user());
        pool.setPassword(database.password());
        replica = new TestReplica(database.connect(), NAME);
        copy = Copy.of(pool, NAME);
    }

    @AfterEach
    void close() throws SQLException {
        replica.close();
    }

    private static CopyState at(long lsn) {
        return new CopyState("shop", "77", 1, new TreeMap<>(), 1, Position.boundary(1, lsn), null);
    }

    private static Token token(long lsn) {
        return new Token("77", 1, lsn);
    }

    @Test
    void reachedToken_isNotWaitedFor() throws Exception {
        replica.complete(at(100));
        copy.await(token(100), Duration.ZERO);
        assertTrue(copy.status(token(100)).reached());
    }

    @Test
    void await_returnsWhenTheCopyGetsThere() throws Exception {
        replica.complete(at(100));
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> {
            long start = System.nanoTime();
            try {
                began.countDown();
                copy.await(token(200), LIMIT);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return System.nanoTime() - start;
        });
        assertTrue(began.await(20, TimeUnit.SECONDS));
        replica.complete(at(199));
        assertFalse(copy.status(token(200)).reached());
        assertFalse(waiting.isDone());
        replica.complete(at(200));
        waiting.get(20, TimeUnit.SECONDS);
    }

    @Test
    void timeout_namesHowFarTheCopyIs() throws Exception {
        replica.report(at(0x100), "the stream 'orders' is being snapshotted", TestReplica.COMPLETE_TO, 17, 60_000);
        TokenTimeoutException e =
                assertThrows(TokenTimeoutException.class, () -> copy.await(token(0x180), Duration.ofMillis(30)));
        assertEquals(
                "The copy 'shipping' has not reached the token 77.1.180 within 30 ms. The copy has reached 0/100 of source"
                        + " 'shop', the token is 0/180: 128 bytes of the source's log behind. It is complete to"
                        + " 2026-01-01T00:00:00Z and 17 changes behind; not complete: the stream 'orders' is being"
                        + " snapshotted",
                e.getMessage());
        assertEquals(128, e.behindBytes());
    }

    @Test
    void lostToken_failsAtOnce() throws Exception {
        replica.complete(at(100));
        TokenFailedException e =
                assertThrows(TokenFailedException.class, () -> copy.await(new Token("78", 1, 5), LIMIT));
        assertEquals(TokenStatus.Kind.LOST, e.kind());
        assertTrue(e.getMessage().contains("system 78"), e.getMessage());
    }

    @Test
    void brokenCopy_failsAtOnce_withTheReason() throws Exception {
        replica.complete(at(100).failed("a record does not fit"));
        copy.await(token(100), Duration.ZERO);
        TokenFailedException e = assertThrows(TokenFailedException.class, () -> copy.await(token(101), LIMIT));
        assertEquals(
                "The copy 'shipping' will not reach the token 77.1.65 (BROKEN): a record does not fit", e.getMessage());
    }

    @Test
    void tokenOfOneOfSeveralSources_isAnsweredByItsOwn() throws Exception {
        replica.complete(at(100));
        replica.complete(new CopyState("crm", "88", 1, new TreeMap<>(), 1, Position.boundary(1, 7), null));
        copy.await(new Token("88", 1, 7), Duration.ZERO);
        assertFalse(copy.status(new Token("88", 1, 50)).reached());
        copy.await(token(100), Duration.ZERO);
        assertEquals(TokenStatus.Kind.LOST, copy.status(new Token("99", 1, 1)).kind());
        replica.report(CopyState.unknown("new"), "no ledger yet", null, 0, 60_000);
        assertEquals(
                TokenStatus.Kind.NOT_YET, copy.status(new Token("99", 1, 1)).kind());
    }

    private static CopyState of(String source, CopyState like) {
        return new CopyState(
                source, like.system(), like.timeline(), like.switches(), like.epoch(), like.reached(), like.failure());
    }

    /** The sources of two databases of one cluster: the token does not tell which of them it is of. */
    @Test
    void tokenOfASystemThatSourcesShare_isAnsweredByTheWorst() throws Exception {
        replica.complete(of("a", at(200)));
        replica.complete(of("b", at(100)));
        assertAnswer(TokenStatus.Kind.REACHED, 0, token(100));
        assertAnswer(TokenStatus.Kind.NOT_YET, 50, token(150));
        replica.complete(of("c", at(90)));
        assertAnswer(TokenStatus.Kind.NOT_YET, 60, token(150));
        replica.complete(CopyState.unknown("d"));
        assertAnswer(TokenStatus.Kind.NOT_YET, -1, token(50));
        replica.complete(of("d", at(100).failed("a record does not fit")));
        assertAnswer(TokenStatus.Kind.BROKEN, 0, token(150));
        SortedMap<Long, Long> switches = new TreeMap<>();
        switches.put(1L, 20L);
        replica.complete(new CopyState("e", "77", 2, switches, 1, Position.boundary(1, 900), null));
        assertAnswer(TokenStatus.Kind.LOST, 0, token(150));
    }

    private void assertAnswer(TokenStatus.Kind kind, long behindBytes, Token token) throws SQLException {
        TokenStatus answer = copy.status(token);
        assertEquals(kind, answer.kind());
        assertEquals(behindBytes, answer.behindBytes());
        try (Connection connection = database.connect();
                PreparedStatement call = connection.prepareStatement(
                        "SELECT status, behind_bytes, reason FROM freshet.token_status(?, ?)")) {
            call.setString(1, NAME);
            call.setString(2, token.toString());
            try (ResultSet row = call.executeQuery()) {
                assertTrue(row.next());
                assertEquals(kind.name(), row.getString(1));
                assertEquals(behindBytes, row.getLong(2));
                assertEquals(kind == TokenStatus.Kind.REACHED, row.getString(3) == null);
            }
        }
    }

    @Test
    void freshness_isThatOfTheRow() throws Exception {
        Instant completeTo = Instant.now().minusMillis(500);
        replica.report(at(100), null, completeTo, 3, 60_000);
        CopyFreshness freshness = copy.freshness();
        assertTrue(freshness.complete());
        assertNull(freshness.reason());
        assertEquals(completeTo.toEpochMilli(), freshness.completeTo().toEpochMilli());
        assertEquals(3, freshness.changesBehind());
        assertTrue(freshness.isFresh(LIMIT));
        assertFalse(freshness.isFresh(Duration.ofMillis(400)));
    }

    @Test
    void severalSources_areAsFreshAsTheWorst() throws Exception {
        Instant older = TestReplica.COMPLETE_TO.minusSeconds(100);
        replica.report(at(100), null, TestReplica.COMPLETE_TO, 3, 60_000);
        CopyState crm = new CopyState("crm", "88", 1, new TreeMap<>(), 1, null, null);
        replica.report(crm, "it is broken", older, 4, 60_000);
        CopyFreshness freshness = copy.freshness();
        assertFalse(freshness.complete());
        assertEquals("it is broken", freshness.reason());
        assertEquals(older, freshness.completeTo());
        assertEquals(7, freshness.changesBehind());
        replica.report(crm, "it is broken", null, 4, 60_000);
        assertNull(copy.freshness().completeTo());
    }

    @Test
    void replicaThatNoLongerReports_isNotComplete_butWhatItHadHolds() throws Exception {
        replica.report(at(100), null, TestReplica.COMPLETE_TO, 0, 0);
        CopyFreshness freshness = copy.freshness();
        assertFalse(freshness.complete());
        assertTrue(freshness.reason().contains("has not reported since"), freshness.reason());
        assertEquals(TestReplica.COMPLETE_TO, freshness.completeTo());
        assertNull(freshness.changesBehind(), "0 of the last report would be a claim");
        copy.await(token(100), Duration.ZERO);
        TokenTimeoutException e =
                assertThrows(TokenTimeoutException.class, () -> copy.await(token(101), Duration.ZERO));
        assertTrue(e.getMessage().contains("an unknown number of changes behind"), e.getMessage());
    }

    @Test
    void unknownReplica_isNamed_withThoseThatThereAre() throws Exception {
        replica.complete(at(100));
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> Copy.of(pool, "billing").freshness());
        assertTrue(e.getMessage().contains("'billing'") && e.getMessage().contains("[shipping]"), e.getMessage());
    }

    @Test
    void databaseWithoutCopies_isNamed(TestDatabase other) throws Exception {
        try (Connection connection = other.connect()) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> Copy.of(connection, NAME)
                    .await(token(1), LIMIT));
            assertTrue(e.getMessage().contains("freshet.freshness"), e.getMessage());
        }
    }

    @Test
    void connectionOfTheCaller_staysOpen_andMayBeInATransaction() throws Exception {
        replica.complete(at(100));
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Copy own = Copy.of(connection, NAME);
            assertFalse(own.status(token(200)).reached());
            replica.complete(at(200));
            own.await(token(200), Duration.ZERO);
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> own.await(token(200), Duration.ZERO));
            assertTrue(e.getMessage().contains("await first"), e.getMessage());
        }
    }

    @Test
    void brokenConnection_mayBeTriedAgain() throws Exception {
        Connection connection = database.connect();
        connection.close();
        assertThrows(RetriableException.class, () -> Copy.of(connection, NAME).freshness());
    }

    @Test
    void interrupt_endsTheWait() throws Exception {
        replica.complete(at(100));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> copy.await(token(101), LIMIT));
    }

    /** The function for services that are not in Java, against the rule in Java. */
    @Test
    void functionInSql_answersLikeTheRule() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Connection connection = database.connect();
                PreparedStatement call =
                        connection.prepareStatement("SELECT status, behind_bytes FROM freshet.token_status(?, ?)")) {
            for (int i = 0; i < 500; i++) {
                CopyState state = anyState(random);
                replica.complete(state);
                Token token =
                        new Token(random.nextInt(8) == 0 ? "78" : "77", 1 + random.nextInt(4), random.nextInt(12));
                TokenStatus expected = state.answer(token);
                call.setString(1, NAME);
                call.setString(2, token.toString());
                try (ResultSet row = call.executeQuery()) {
                    assertTrue(row.next());
                    String what = "seed " + seed + ": " + state + " " + token;
                    assertEquals(expected.kind().name(), row.getString(1), what);
                    assertEquals(expected.behindBytes(), row.getLong(2), what);
                }
                assertEquals(expected, copy.status(token), () -> "seed " + seed);
            }
        }
    }

    private static CopyState anyState(Random random) {
        if (random.nextInt(20) == 0) {
            return CopyState.unknown("shop");
        }
        SortedMap<Long, Long> switches = new TreeMap<>();
        long timeline = 1L + random.nextInt(4);
        for (long left = 1; left < timeline; left++) {
            if (random.nextInt(4) > 0) {
                switches.put(left, (long) random.nextInt(12));
            }
        }
        CopyState.Failure failure = random.nextInt(3) == 0 ? new CopyState.Failure(random.nextInt(12), "broken") : null;
        Position reached = random.nextInt(5) == 0 ? null : Position.boundary(1, random.nextInt(12));
        return new CopyState("shop", "77", timeline, switches, 1, reached, failure);
    }
}
