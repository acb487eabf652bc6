package dev.freshet.replica;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Op;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.table.TableName;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Prints the speed of fill and catch-up beside a raw COPY of the same rows; not part of the build, run by its name. */
@OnServers
class ReplicaThroughput {
    private static final SchemaRecord SCHEMA = new SchemaRecord(
            "t",
            List.of(
                    new Column("id", "bigint", false, true),
                    new Column("a", "integer", true, true),
                    new Column("b", "numeric(15,2)", true, true),
                    new Column("c", "timestamp with time zone", true, true),
                    new Column("d", "text", true, true),
                    new Column("e", "text", true, true)),
            List.of("id"));
    private static final String TEXT = "x".repeat(75);

    private static void put(PlayedRelay relay, Op op, long id, int n) {
        relay.put(
                "t",
                op,
                "{\"id\":" + id + "}",
                "{\"id\":" + id + ",\"a\":" + n + ",\"b\":" + n + ".25,\"c\":\"2026-01-02T03:04:05.123456Z\",\"d\":\""
                        + TEXT + "\",\"e\":\"" + TEXT + "\"}");
    }

    @Test
    void measure(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase database, TestDatabase raw) throws Exception {
        int rows = Integer.getInteger("rows", 500_000);
        try (PlayedRelay relay = new PlayedRelay(kafka, prefix.name("src"))) {
            relay.capture(SCHEMA, 4);
            for (int i = 0; i < rows; i++) {
                put(relay, Op.READ, i, i);
                if (i % 20_000 == 19_999) {
                    relay.commit();
                }
            }
            relay.commit();
            for (int round = 0; round < 2; round++) {
                System.out.printf("raw COPY into a table with a primary key: %,d rows/s%n", rawCopy(raw, rows));
                ReplicaConfig config = config(kafka, relay, database, "copy" + round);
                long begin = System.nanoTime();
                Replica replica = Replica.start(config, Clock.systemUTC());
                ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RUNNING);
                System.out.printf(
                        "fill, from start to swap: %,d rows/s%n", rows * 1_000_000_000L / (System.nanoTime() - begin));
                ReplicaWorld.until(() -> replica.status().complete());
                replica.close();
                catchUp(relay, config, rows, round);
            }
        }
    }

    private static void catchUp(PlayedRelay relay, ReplicaConfig config, int rows, int round) throws Exception {
        for (boolean fresh : new boolean[] {true, false}) {
            int changes = rows / 2;
            Random random = new Random(round);
            for (int i = 0; i < changes; i++) {
                if (fresh) {
                    put(relay, Op.CREATE, rows * (round + 1L) + i, i);
                } else {
                    put(relay, Op.UPDATE, random.nextInt(rows), i);
                }
                if (i % 20_000 == 19_999) {
                    relay.commit();
                }
            }
            relay.commit();
            long begin = System.nanoTime();
            try (Replica replica = Replica.start(config, Clock.systemUTC())) {
                ReplicaWorld.until(() -> replica.status().applied() > 0);
                long first = System.nanoTime();
                long before = replica.status().applied();
                ReplicaWorld.until(() -> replica.status().applied() >= changes);
                System.out.printf(
                        "catch-up, %s: %,d changes/s (joining took %,d ms)%n",
                        fresh ? "fresh rows" : "random updates",
                        (changes - before) * 1_000_000_000L / (System.nanoTime() - first),
                        (first - begin) / 1_000_000);
            }
        }
    }

    private static ReplicaConfig config(EmbeddedKafka kafka, PlayedRelay relay, TestDatabase database, String name) {
        return ReplicaConfig.builder(name).stream(
                        new StreamTarget("t", relay.topic("t"), null, TableName.parse("public." + name), Map.of()))
                .database(database.jdbcUrl(), database.user(), database.password())
                .group(relay.source + name)
                .kafka("bootstrap.servers", kafka.bootstrapServers())
                .build();
    }

    private static long rawCopy(TestDatabase raw, int rows) throws SQLException {
        try (Connection db = raw.connect();
                Statement s = db.createStatement()) {
            s.execute("DROP TABLE IF EXISTS r");
            s.execute(
                    "CREATE TABLE r (id bigint PRIMARY KEY, a integer, b numeric(15,2), c timestamptz, d text, e text)");
            long begin = System.nanoTime();
            CopyIn copy = db.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY r FROM STDIN");
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < rows; i++) {
                lines.append(i)
                        .append('\t')
                        .append(i)
                        .append('\t')
                        .append(i)
                        .append(".25\t2026-01-02T03:04:05.123456Z\t");
                lines.append(TEXT).append('\t').append(TEXT).append('\n');
                if (lines.length() > 60_000) {
                    byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
                    copy.writeToCopy(bytes, 0, bytes.length);
                    lines.setLength(0);
                }
            }
            byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
            return rows * 1_000_000_000L / (System.nanoTime() - begin);
        }
    }
}
