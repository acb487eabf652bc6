package dev.freshet.replica.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.replica.postgres.PostgresSession;
import dev.freshet.stream.StreamRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which record of a transaction in pieces is said to be at fault. */
@OnServers
class PieceApplierTest {
    private static final int TOO_MUCH = 1_000_000;
    /** Enough for half of them to go by COPY too. */
    private static final int MANY = 300;

    private AppliedTable t;
    private PostgresSession session;
    private PieceApplier applier;

    @BeforeEach
    void open(TestDatabase database) throws SQLException {
        t = new AppliedTable(database, SchemaPolicy.EVOLVE, AppliedTable.SCHEMA);
        t.execute("ALTER TABLE t ADD CONSTRAINT small CHECK (n < " + TOO_MUCH + ")");
        session = t.session(t.db);
        applier = PieceApplier.live(session, t.writer(session, WriteMode.PIECES), t.config.limits());
    }

    @AfterEach
    void close() throws SQLException {
        applier.close();
        t.close();
    }

    private void write(List<List<StreamRecord>> pieces) throws InterruptedException {
        for (List<StreamRecord> piece : pieces) {
            applier.apply(piece);
        }
    }

    /** Returns whether the transaction, which is refused, is to be written once more. */
    private boolean isTriedAgain(List<List<StreamRecord>> pieces) {
        StoreException e = assertThrows(StoreException.class, () -> write(pieces));
        session.rollback();
        applier.rolledBack();
        return applier.hasAnotherWay(e);
    }

    private void assertNamed(StreamRecord bad, List<List<StreamRecord>> pieces) {
        RecordException e = assertThrows(RecordException.class, () -> write(pieces));
        assertEquals(bad.offset(), e.offset());
        session.rollback();
    }

    private List<StreamRecord> many(long first) {
        return new ArrayList<>(List.of(t.created(first, MANY)));
    }

    @Test
    void recordThatALaterOneReplaces_isNotNamed() {
        StreamRecord replaced = t.put(1, "bad", TOO_MUCH);
        StreamRecord good = t.put(1, "good", 1);
        StreamRecord bad = t.put(2, "bad", TOO_MUCH);
        List<List<StreamRecord>> pieces = List.of(List.of(replaced, good, bad));
        assertTrue(isTriedAgain(pieces));
        assertNamed(bad, pieces);
    }

    /** A row that was deleted and made again is not new to the table, and no COPY takes it. */
    @Test
    void pieceThatIsRefusedNoMore_isWrittenInTheSameWay() throws Exception {
        t.execute("INSERT INTO t VALUES (9, 'old', 9)");
        List<StreamRecord> piece = new ArrayList<>(List.of(t.delete(9), t.created(9)));
        piece.addAll(many(100));
        piece.add(t.put(1, "bad", TOO_MUCH));
        assertTrue(isTriedAgain(List.of(piece)));
        t.execute("ALTER TABLE t DROP CONSTRAINT small");
        applier.apply(piece);
        session.commit();
        assertEquals(
                List.of((MANY + 2) + "|created"), t.rows("SELECT count(*), min(name) FILTER (WHERE id = 9) FROM t"));
    }

    @Test
    void recordIsNamed_amongRowsThatAreCopied() {
        List<StreamRecord> piece = many(100);
        StreamRecord bad = t.created(TOO_MUCH);
        piece.set(120, bad);
        // refused before the COPY begins, which is not given up for that
        piece.add(t.put(1, "bad", TOO_MUCH));
        assertTrue(isTriedAgain(List.of(piece)));
        assertNamed(bad, List.of(piece));
    }

    /** The service has written a row itself, which costs the transaction its COPY, and later a row is refused. */
    @Test
    void recordIsNamed_afterAnotherPieceWasRefused() throws Exception {
        t.execute("INSERT INTO t VALUES (150, 'there already', 1)");
        List<StreamRecord> second = many(1000);
        StreamRecord bad = t.created(TOO_MUCH);
        second.set(250, bad);
        List<List<StreamRecord>> pieces = List.of(many(100), second);
        assertTrue(isTriedAgain(pieces));
        assertTrue(isTriedAgain(pieces));
        assertNamed(bad, pieces);
    }

    @Test
    void pieceThatIsRefusedForNoSingleRecord_isLookedIntoOnce() throws Exception {
        t.execute(
                "CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT count(*) FROM written) > 5"
                        + " THEN RAISE check_violation; END IF; RETURN NULL; END $$");
        t.execute("CREATE TRIGGER few AFTER INSERT ON t REFERENCING NEW TABLE AS written FOR EACH STATEMENT"
                + " EXECUTE FUNCTION few()");
        List<List<StreamRecord>> pieces = List.of(many(100).subList(0, 20));
        assertTrue(isTriedAgain(pieces));
        assertFalse(isTriedAgain(pieces));
    }
}
