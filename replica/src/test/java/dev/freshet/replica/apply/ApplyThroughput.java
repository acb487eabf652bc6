package dev.freshet.replica.apply;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.SchemaPolicy;
import dev.freshet.replica.state.Owned;
import dev.freshet.stream.StreamRecord;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Prints the applier's speed beside an array upsert written by hand; not part of the build, run by its name. */
@OnServers
class ApplyThroughput {
    private static final SchemaRecord SCHEMA = AppliedTable.schema(
            new Column("id", "bigint", false, true),
            new Column("a", "integer", true, true),
            new Column("b", "numeric(15,2)", true, true),
            new Column("c", "timestamp with time zone", true, true),
            new Column("d", "text", true, true),
            new Column("e", "text", true, true));
    private static final String TEXT = "x".repeat(75);
    private static final int BATCH = 5000;

    private static String json(long id, int n) {
        return "{\"id\":" + id + ",\"a\":" + n + ",\"b\":" + n + ".25,\"c\":\"2026-01-02T03:04:05.123456Z\",\"d\":\""
                + TEXT + "\",\"e\":\"" + TEXT + "\"}";
    }

    @Test
    void measure(TestDatabase ours, TestDatabase raw) throws Exception {
        int rows = Integer.getInteger("rows", 300_000);
        try (AppliedTable t = new AppliedTable(ours, SchemaPolicy.EVOLVE, SCHEMA);
                AppliedTable r = new AppliedTable(raw, SchemaPolicy.EVOLVE, SCHEMA)) {
            for (int round = 0; round < 3; round++) {
                t.rows("WITH x AS (DELETE FROM t) SELECT 1");
                r.rows("WITH x AS (DELETE FROM t) SELECT 1");
                for (AppliedTable x : List.of(t, r)) {
                    x.db.setAutoCommit(true);
                    x.db.createStatement().execute("VACUUM t");
                    x.db.createStatement().execute("CHECKPOINT");
                    x.db.setAutoCommit(false);
                }
                long[] fresh = new long[rows];
                long[] random = new long[rows];
                Random seeded = new Random(1);
                for (int i = 0; i < rows; i++) {
                    fresh[i] = i;
                    random[i] = seeded.nextInt(rows);
                }
                System.out.printf("fresh:  raw %,d/s%n", raw(r, fresh));
                System.out.printf("fresh:  ours %,d/s%n", ours(t, fresh, Op.CREATE));
                System.out.printf("random: raw %,d/s%n", raw(r, random));
                System.out.printf("random: ours %,d/s%n", ours(t, random, Op.UPDATE));
            }
        }
    }

    private static long ours(AppliedTable t, long[] ids, Op op) throws Exception {
        Owned owner = t.claim(0);
        long nanos = 0;
        for (int from = 0; from < ids.length; from += BATCH) {
            List<StreamRecord> batch = new ArrayList<>();
            for (int i = from; i < Math.min(ids.length, from + BATCH); i++) {
                batch.add(t.record(0, SCHEMA, op, "{\"id\":" + ids[i] + "}", json(ids[i], i)));
            }
            long begin = System.nanoTime();
            t.applier.apply(batch, List.of(AppliedTable.after(owner, batch.get(batch.size() - 1))));
            nanos += System.nanoTime() - begin;
        }
        return ids.length * 1_000_000_000L / nanos;
    }

    private static long raw(AppliedTable t, long[] ids) throws SQLException {
        String sql = "INSERT INTO t SELECT DISTINCT ON (id) * FROM unnest(?::bigint[], ?::integer[], ?::numeric[],"
                + " ?::timestamptz[], ?::text[], ?::text[]) AS u (id, a, b, c, d, e) ON CONFLICT (id) DO UPDATE SET"
                + " a = excluded.a, b = excluded.b, c = excluded.c, d = excluded.d, e = excluded.e";
        long nanos = 0;
        try (PreparedStatement s = t.db.prepareStatement(sql)) {
            for (int from = 0; from < ids.length; from += BATCH) {
                int n = Math.min(ids.length, from + BATCH) - from;
                Object[][] columns = {
                    new Long[n], new Integer[n], new String[n], new String[n], new String[n], new String[n]
                };
                for (int i = 0; i < n; i++) {
                    columns[0][i] = ids[from + i];
                    columns[1][i] = from + i;
                    columns[2][i] = (from + i) + ".25";
                    columns[3][i] = "2026-01-02T03:04:05.123456Z";
                    columns[4][i] = TEXT;
                    columns[5][i] = TEXT;
                }
                String[] types = {"int8", "int4", "numeric", "timestamptz", "text", "text"};
                long begin = System.nanoTime();
                for (int c = 0; c < types.length; c++) {
                    s.setArray(c + 1, t.db.createArrayOf(types[c], columns[c]));
                }
                s.executeUpdate();
                t.db.commit();
                nanos += System.nanoTime() - begin;
            }
        }
        return ids.length * 1_000_000_000L / nanos;
    }
}
