package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.TableCapture;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.table.TableShapes;
import dev.freshet.capture.postgres.value.RowEncoder;
import dev.freshet.capture.postgres.value.SessionSettings;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.replica.table.TableName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every type comes back exactly: the text of source and copy are compared, by a fill and by live changes. */
@OnServers
class TypesTest {
    private static final String[] DDL = {
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'very \"happy\"')",
        "CREATE TYPE pair AS (a integer, b text)",
        "CREATE DOMAIN positive AS numeric(10,3) CHECK (VALUE > 0)",
        "CREATE TABLE s (id bigint PRIMARY KEY, i2 smallint, i4 integer, i8 bigint, num numeric, num2 numeric(15,2),"
                + " f4 real, f8 double precision, b boolean, t text, vc varchar(20), ch character(8), nm name, c1 \"char\","
                + " by bytea, ts timestamp, ts3 timestamp(3), tz timestamptz, d date, ti time, tiz timetz, iv interval,"
                + " u uuid, j json, jb jsonb, ine inet, ci cidr, mac macaddr, mac8 macaddr8, bi bit(5), bi1 bit, vb varbit,"
                + " x xml, pt point, bx box, poly polygon, circ circle, ln line, ls lseg, pth path, tsv tsvector,"
                + " tsq tsquery, lsn pg_lsn, m mood, p pair, dom positive, r int4range, mr nummultirange, oid_ oid,"
                + " xid_ xid8, snap pg_snapshot,"
                + " ai integer[], at text[], an numeric(10,2)[], ab bytea[], atz timestamptz[], aj jsonb[], am mood[],"
                + " ap pair[], abx box[], abool boolean[], ad date[], jp jsonpath)"
    };

    private static final String[] ROWS = {
        // plain
        "(1, 1, 2, 3, 1.00, 12.50, 1.5, 2.5, true, 'text', 'varchar', 'ch', 'name', 'c', '\\x00ff10',"
                + " '2026-01-02 03:04:05.123456', '2026-01-02 03:04:05.123', '2026-01-02 03:04:05.1+00', '2026-01-02',"
                + " '03:04:05.1', '03:04:05+02:30', '1 year 2 mons -3 days 04:05:06.7',"
                + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', ' {\"a\" :  1, \"a\": [1 , 2]}  ', '{\"k\": [1.50, null]}',"
                + " '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', B'10101', B'1', B'011',"
                + " '<a>x</a>', '(1,2)', '(1,2),(3,4)', '((0,0),(1,1),(1,0))', '<(1,2),3>', '{1,2,3}', '[(0,0),(1,1)]',"
                + " '[(0,0),(1,1)]', 'a:1 b:2', 'a & b', '0/16B3748', 'very \"happy\"', '(1,\"a, \"\"b\"\"\")', 1.500,"
                + " '[1,5)', '{[1.5,2.5),[3,4)}', 42, '42', '10:20:10,14,15', '{1,NULL,3}',"
                + " '{\"a,b\",\"c \\\"q\\\" \\\\\",NULL,\"NULL\",\"\"}', '{1.00,2.50}', '{\"\\\\x00ff\",\"\\\\x\"}',"
                + " '{\"2026-01-02 03:04:05.1+00\",infinity}', '{\"{\\\"a\\\": 1}\",\"[1, 2]\",\"\\\"s\\\"\"}', '{sad,ok}',"
                + " '{\"(1,x)\",\"(2,\\\"y z\\\")\"}', '{(3,4),(1,2);(7,8),(5,6)}', '{t,f,NULL}', '{2026-01-02,0044-03-15 BC}',"
                + " '$.a[*] ? (@ > 1)')",
        // ends of the ranges, and what is no number
        "(2, -32768, -2147483648, 9223372036854775807, 'NaN', -0.01, 'Infinity', '-Infinity', false, E'tab\\t nl\\n cr\\r"
                + " bs\\\\ q\" é 漢 😀 \\\\N', '', '', '', '', '\\x', '-infinity', 'infinity', 'infinity', '-infinity',"
                + " '24:00:00', '00:00:00-15:59', '-00:00:00.000001', '00000000-0000-0000-0000-000000000000', 'null',"
                + " 'null', '::1/128', '::/0', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff', B'00000', B'0', B'', 'x',"
                + " '(-1.5e10,0)', '(0,0),(0,0)', '((0,0))', '<(0,0),0>', '{1,-1,0}', '[(0,0),(0,0)]', '((0,0),(1,1))', '',"
                + " '', 'FFFFFFFF/FFFFFFFF', 'sad', '(,)', 0.001, 'empty', '{}', 4294967295, '0', '1:1:', '{}', '{}', '{}',"
                + " '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'strict $')",
        // years that ISO 8601 writes with a sign, arrays of other shapes
        "(3, 0, 0, 0, 123456789012345678901234567890.123456789000, 9999999999999.99, 1e-30, 1e+300, NULL, '\"', '日本', '  x',"
                + " 'n', '\\', 'abc', '0044-03-15 12:00:00 BC', '12345-01-01 00:00:00', '0044-03-15 12:00:00.5+00 BC',"
                + " '12345-01-01', '00:00:00.000001', '23:59:59.999999+00', '-178000000 years', NULL, '[]', '{}', NULL, NULL,"
                + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                + " NULL, NULL, NULL, NULL, NULL, NULL, '[0:1]={7,8}', '{{a,b},{c,NULL}}', '{{1.00},{2.00}}', NULL,"
                + " '{\"0044-03-15 12:00:00+00 BC\",\"12345-01-01 00:00:00+00\"}', '{NULL,\"null\"}', '{{sad},{ok}}', NULL,"
                + " NULL, '{{t},{f}}', NULL, NULL)",
        // nothing at all
        "(4)"
    };

    @Test
    void values_comeBackExactly(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase source, TestDatabase target)
            throws Exception {
        source.execute(DDL);
        compare(kafka, prefix, source, target, "public.s_copy");
    }

    @Test
    void typesOfTheUsersOwn_areWrittenByTheirText(
            EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase source, TestDatabase target) throws Exception {
        source.execute(DDL);
        target.execute(DDL);
        compare(kafka, prefix, source, target, "public.s");
        try (Connection db = target.connect()) {
            assertEquals(
                    List.of("mood", "pair", "mood[]"),
                    texts(db, "SELECT pg_typeof(m), pg_typeof(p), pg_typeof(am) FROM s WHERE id = 1")
                            .get(0));
        }
    }

    private static void compare(
            EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase source, TestDatabase target, String table)
            throws Exception {
        try (Connection db = source.connect();
                PlayedRelay relay = new PlayedRelay(kafka, prefix.name("src"))) {
            SessionSettings.pin(db);
            TypeCatalog types = new TypeCatalog(source::connect);
            List<String> problems = new ArrayList<>();
            TableShape shape = TableShapes.find(
                            db, types, new TableCapture("s", "public.s", List.of(), List.of()), problems)
                    .orElseThrow(() -> new AssertionError(problems));
            relay.capture(shape.schemaRecord(), 1);
            insert(db, 0);
            send(db, shape, types, relay, "id < 100");
            ReplicaConfig config = ReplicaConfig.builder("types").stream(
                            new StreamTarget("s", relay.topic("s"), null, TableName.parse(table), Map.of()))
                    .database(target.jdbcUrl(), target.user(), target.password())
                    .group(relay.source + ".copy")
                    .kafka("bootstrap.servers", kafka.bootstrapServers())
                    .freshness(Duration.ofMillis(200), Duration.ofSeconds(5))
                    .build();
            try (Replica replica = Replica.start(config, Clock.systemUTC())) {
                ReplicaWorld.until(() -> replica.status().complete());
                insert(db, 100);
                send(db, shape, types, relay, "id >= 100");
                ReplicaWorld.until(() -> replica.status().applied() >= ROWS.length
                        || replica.status().partitions().stream().anyMatch(p -> p.stopped() != null));
                String columns = shape.schemaRecord().columns().stream()
                        .map(Column::name)
                        .map(c -> "CASE WHEN " + c + " IS NULL THEN '<null>' ELSE format('%s', " + c + ") END")
                        .collect(Collectors.joining(", "));
                try (Connection copy = target.connect()) {
                    SessionSettings.pin(copy);
                    List<List<String>> there = texts(db, "SELECT " + columns + " FROM public.s ORDER BY id");
                    List<List<String>> here = texts(copy, "SELECT " + columns + " FROM " + table + " ORDER BY id");
                    assertEquals(
                            there.size(), here.size(), () -> replica.status().toString());
                    for (int row = 0; row < there.size(); row++) {
                        for (int c = 0; c < there.get(row).size(); c++) {
                            assertEquals(
                                    there.get(row).get(c),
                                    here.get(row).get(c),
                                    "row " + row + " column "
                                            + shape.columns().get(c).name());
                        }
                    }
                }
            }
        }
    }

    private static void insert(Connection db, int above) throws SQLException {
        try (Statement s = db.createStatement()) {
            for (String row : ROWS) {
                int end = Math.min(row.indexOf(',') < 0 ? Integer.MAX_VALUE : row.indexOf(','), row.indexOf(')'));
                int id = Integer.parseInt(row.substring(1, end)) + above;
                s.execute("INSERT INTO public.s VALUES (" + id + row.substring(end));
            }
        }
    }

    private static void send(Connection db, TableShape shape, TypeCatalog types, PlayedRelay relay, String where)
            throws Exception {
        RowEncoder encoder = shape.rowEncoder(types);
        String columns = shape.columns().stream()
                .map(c -> "CASE WHEN " + c.name() + " IS NULL THEN NULL ELSE format('%s', " + c.name() + ") END")
                .collect(Collectors.joining(", "));
        for (List<String> row : nullable(db, "SELECT " + columns + " FROM public.s WHERE " + where + " ORDER BY id")) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            int[] from = new int[row.size()];
            int[] count = new int[row.size()];
            for (int i = 0; i < row.size(); i++) {
                from[i] = text.size();
                count[i] = RowEncoder.NULL;
                if (row.get(i) != null) {
                    byte[] bytes = row.get(i).getBytes(StandardCharsets.UTF_8);
                    count[i] = bytes.length;
                    text.writeBytes(bytes);
                }
            }
            byte[] all = text.toByteArray();
            relay.put(
                    "s",
                    Op.CREATE,
                    new String(encoder.key(all, from, count), StandardCharsets.UTF_8),
                    new String(encoder.value(all, from, count), StandardCharsets.UTF_8));
        }
        relay.commit();
    }

    private static List<List<String>> texts(Connection db, String sql) throws SQLException {
        return nullable(db, sql);
    }

    private static List<List<String>> nullable(Connection db, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement s = db.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    row.add(r.getString(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }
}
