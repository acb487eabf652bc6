package dev.freshet.replica.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.port.FencedException;
import dev.freshet.replica.port.Owned;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.StoreException;
import dev.freshet.stream.StreamRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class BatchApplierTest {
    private static final String ROWS = "SELECT id, name, n FROM t ORDER BY id";

    private AppliedTable t;

    @BeforeEach
    void open(TestDatabase database) throws SQLException {
        t = new AppliedTable(database, SchemaPolicy.EVOLVE, AppliedTable.SCHEMA);
    }

    @AfterEach
    void close() throws SQLException {
        t.close();
    }

    @Test
    void batch_leavesTheLastStateOfEachKey() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(1, "a", 1), t.put(2, "b", 2), t.put(1, "c", 3), t.put(3, null, 4), t.delete(2));
        assertEquals(List.of("1|c|3", "3|null|4"), t.rows(ROWS));
        t.apply(owner, t.delete(1), t.put(1, "again", 5), t.delete(3), t.delete(99));
        assertEquals(List.of("1|again|5"), t.rows(ROWS));
    }

    @Test
    void effectOffsetAndPosition_areOneTransaction() throws Exception {
        Owned owner = t.claim(0);
        StreamRecord last = t.put(1, "a", 1);
        t.apply(owner, last);
        assertEquals(
                List.of("1|2|" + last.position()),
                t.rows("SELECT generation, next_offset, position FROM freshet.replica_position WHERE partition = 0"));
        StreamRecord poison = t.put(AppliedTable.SCHEMA, "{\"id\":7}", "{\"id\":7,\"name\":null,\"n\":99999999999}");
        assertThrows(StoreException.class, () -> t.apply(owner, t.put(5, "x", 1), poison));
        assertEquals(List.of("1|a|1"), t.rows(ROWS));
        assertEquals(
                List.of("2|" + last.position()),
                t.rows("SELECT next_offset, position FROM freshet.replica_position WHERE partition = 0"));
    }

    @Test
    void recordOfANewEpoch_withdrawsWhatIsToldOfAFormerOne() throws Exception {
        Owned owner = t.claim(0);
        t.rows("INSERT INTO freshet.copy_state (replica, source, complete, changes_behind, epoch, system, timeline,"
                + " switches, updated_at, valid_until, position) VALUES ('copy', 'shop', true, 0, 1, '7', 1, '', now(),"
                + " now(), '" + Position.boundary(1, 99) + "') RETURNING source");
        String told = "SELECT complete, position FROM freshet.copy_state";
        t.apply(owner, t.put(1, "a", 1));
        assertEquals(List.of("t|" + Position.boundary(1, 99)), t.rows(told));
        StreamRecord r = t.put(1, "older", 1);
        t.apply(
                owner,
                new StreamRecord(
                        r.partition(),
                        r.offset(),
                        0,
                        r.key(),
                        r.value(),
                        r.op(),
                        new Position(2, 5, 1, 0),
                        r.schemaVersion(),
                        false));
        assertEquals(List.of("f|null"), t.rows(told));
    }

    @Test
    void formerOwner_cannotCommitAfterATakeOver() throws Exception {
        Owned former = t.claim(0);
        Owned owner = t.claim(0);
        assertEquals(former.generation() + 1, owner.generation());
        assertThrows(FencedException.class, () -> t.apply(former, t.put(1, "stale", 1)));
        assertEquals(List.of(), t.rows(ROWS));
        t.apply(owner, t.put(1, "fresh", 1));
        assertEquals(List.of("1|fresh|1"), t.rows(ROWS));
    }

    @Test
    void frozenOwnerInsideItsTransaction_isWaitedForAndThenFenced() throws Exception {
        Owned frozen = t.claim(0);
        try (Connection other = t.consumer.open()) {
            // the owner has moved its row and freezes before the commit: a successor must not read the offset meanwhile
            t.positions.advance(List.of(AppliedTable.after(frozen, t.put(1, "a", 1))));
            StoreException blocked = assertThrows(StoreException.class, () -> {
                try (var s = other.createStatement()) {
                    s.execute("SET lock_timeout = 100");
                }
                t.positions(other).claim("t", 0);
            });
            assertEquals(StoreException.Kind.LOCK_TIMEOUT, blocked.kind());
            other.rollback();
            t.db.commit();
            Owned next = t.positions(other).claim("t", 0);
            other.commit();
            assertEquals(2, next.nextOffset());
        }
    }

    @Test
    void recordThatIsNoSuchJson_isNamed() throws Exception {
        Owned owner = t.claim(0);
        StreamRecord bad = t.put(AppliedTable.SCHEMA, "{\"id\":7}", "{\"id\":7,\"name\":\"x\"");
        RecordException e = assertThrows(RecordException.class, () -> t.apply(owner, t.put(1, "a", 1), bad));
        assertEquals(bad.offset(), e.offset());
        assertTrue(e.getMessage().contains("shop.t-0@1"), e.getMessage());
        StreamRecord lacking = t.put(AppliedTable.SCHEMA, "{\"id\":7}", "{\"id\":7,\"name\":\"x\"}");
        e = assertThrows(RecordException.class, () -> t.apply(owner, lacking));
        assertTrue(e.getMessage().contains("'n'"), e.getMessage());
        assertEquals(List.of(), t.rows(ROWS));
    }

    @Test
    void columnAddedAtTheSource_isAddedHere() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(1, "a", 1), t.put(2, "b", 1));
        SchemaRecord wider = AppliedTable.schema(
                new Column("id", "bigint", false, true),
                new Column("name", "text", true, true),
                new Column("n", "integer", true, true),
                new Column("extra", "numeric(10,2)", true, true));
        StreamRecord add = t.put(wider, "{\"id\":3}", "{\"id\":3,\"name\":\"c\",\"n\":1,\"extra\":1.50}");
        t.apply(owner, t.put(1, "still old", 2), add);
        assertEquals(
                List.of("1|still old|null", "2|b|null", "3|c|1.50"),
                t.rows("SELECT id, name, extra FROM t ORDER BY id"));
    }

    @Test
    void batchOverMoreVersionsThanAreKept_losesNoRow() throws Exception {
        Owned owner = t.claim(0);
        List<StreamRecord> records = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 100; i < 140; i++) {
            SchemaRecord version = AppliedTable.schema(
                    new Column("id", "bigint", false, true), new Column("extra" + i, "integer", true, true));
            records.add(t.put(version, "{\"id\":" + i + "}", "{\"id\":" + i + ",\"extra" + i + "\":1}"));
            expected.add(String.valueOf(i));
        }
        t.apply(owner, records.toArray(StreamRecord[]::new));
        assertEquals(expected, t.rows("SELECT id FROM t ORDER BY id"));
        t.apply(owner, t.put(1, "a", 1));
        assertEquals(List.of("1"), t.rows("SELECT id FROM t WHERE id < 100"));
    }

    @Test
    void columnDroppedAtTheSource_staysAndKeepsItsValues() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(1, "a", 1));
        SchemaRecord narrower =
                AppliedTable.schema(new Column("id", "bigint", false, true), new Column("name", "text", true, true));
        t.apply(
                owner,
                t.put(narrower, "{\"id\":1}", "{\"id\":1,\"name\":\"b\"}"),
                t.put(narrower, "{\"id\":2}", "{\"id\":2,\"name\":\"c\"}"));
        assertEquals(List.of("1|b|1", "2|c|null"), t.rows(ROWS));
    }

    /** The rule swallows whatever is inserted, but not what comes by COPY. */
    @Test
    void newRows_areCopiedWhereTheyAreMany() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(1, "a", 1));
        t.execute("CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING");
        t.apply(owner, t.created(100, 1000));
        assertEquals(List.of("1001"), t.rows("SELECT count(*) FROM t"));
        t.apply(owner, t.created(5000, 10));
        StreamRecord[] mixed = t.created(7000, 1000);
        mixed[5] = t.put(1, "b", 2);
        t.apply(owner, mixed);
        assertEquals(List.of("2000"), t.rows("SELECT count(*) FROM t"));
    }

    @Test
    void newRows_thatAreThereAlready_areReplaced() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(150, "there \\\\ already", 1));
        t.apply(owner, t.created(100, 1000));
        assertEquals(
                List.of("150|created|150", "151|created|151"),
                t.rows("SELECT * FROM t WHERE id IN (150, 151) ORDER BY id"));
        assertEquals(List.of("1000"), t.rows("SELECT count(*) FROM t"));
        t.apply(owner, t.created(2000, 1000));
        assertEquals(List.of("2000"), t.rows("SELECT count(*) FROM t"));
    }

    @Test
    void newRows_changedDeletedAndMadeAgainInTheirBatch_areAsTheyWereLast() throws Exception {
        Owned owner = t.claim(0);
        t.apply(owner, t.put(9, "old", 9));
        List<StreamRecord> records = new ArrayList<>(List.of(t.created(100, 1000)));
        records.add(t.put(101, "changed", 1));
        records.add(t.delete(102));
        records.add(t.delete(103));
        records.add(t.created(103));
        records.add(t.delete(9));
        records.add(t.created(9));
        t.apply(owner, records.toArray(StreamRecord[]::new));
        assertEquals(
                List.of("9|created|9", "100|created|100", "101|changed|1", "103|created|103", "104|created|104"),
                t.rows("SELECT * FROM t WHERE id < 105 ORDER BY id"));
        assertEquals(List.of("1000"), t.rows("SELECT count(*) FROM t"));
    }

    @Test
    void newRowThatIsNoSuchJson_isNamedAmongMany() throws Exception {
        Owned owner = t.claim(0);
        StreamRecord[] records = t.created(100, 1000);
        records[700] = t.record(0, AppliedTable.SCHEMA, Op.CREATE, "{\"id\":1}", "{\"id\":1");
        RecordException e = assertThrows(RecordException.class, () -> t.apply(owner, records));
        assertEquals(records[700].offset(), e.offset());
        assertEquals(List.of(), t.rows(ROWS));
        records[700] = t.created(1);
        t.apply(owner, records);
        assertEquals(List.of("1000"), t.rows("SELECT count(*) FROM t"));
    }

    @Test
    void severalPartitions_moveTogether() throws Exception {
        Owned zero = t.claim(0);
        Owned one = t.claim(1);
        StreamRecord a = t.put(1, "a", 1);
        StreamRecord b =
                t.record(1, AppliedTable.SCHEMA, Op.CREATE, "{\"id\":2}", "{\"id\":2,\"name\":null,\"n\":null}");
        t.applier.apply(List.of(a, b), List.of(AppliedTable.after(zero, a), AppliedTable.after(one, b)), Map.of());
        t.claim(1);
        StreamRecord c = t.put(3, "c", 1);
        StreamRecord d = t.record(1, AppliedTable.SCHEMA, Op.DELETE, "{\"id\":2}", null);
        assertThrows(
                FencedException.class,
                () -> t.applier.apply(
                        List.of(c, d), List.of(AppliedTable.after(zero, c), AppliedTable.after(one, d)), Map.of()));
        assertEquals(List.of("1|a|1", "2|null|null"), t.rows(ROWS));
    }
}
