package dev.freshet.faults;

import static dev.freshet.faults.ChangedTable.Kind.FLOWS;
import static dev.freshet.faults.ChangedTable.Kind.READ_ANEW;
import static dev.freshet.faults.ChangedTable.alone;
import static dev.freshet.faults.ChangedTable.both;
import static dev.freshet.faults.ChangedTable.inside;
import static dev.freshet.faults.ChangedTable.parted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/how-to/change-a-table.md} says of statements that change a captured table, the whole way and under writes. */
@OnServers
class ChangedTablesTest {
    private static final Pattern REPAIR =
            Pattern.compile("ALTER TABLE \\S+ ALTER COLUMN \\S+ TYPE [a-z ]+(\\([0-9,]+\\))?");

    private static final String IN_PARTITION =
            "CREATE TABLE $T_more PARTITION OF $T FOR VALUES FROM (1000000) TO (2000000);"
                    + " INSERT INTO $T (id) SELECT generate_series(1000001, 1000009)";
    private static final List<ChangedTable> TABLES = Stream.of(
                    both("plain", FLOWS, "ALTER TABLE $T ADD extra int", "UPDATE $T SET extra = id WHERE id < 9", ""),
                    both(
                            "constraints",
                            FLOWS,
                            "ALTER TABLE $T ALTER v SET DEFAULT 'w', ALTER n DROP NOT NULL",
                            "INSERT INTO $T (id, n) VALUES (-9, NULL)",
                            ""),
                    Stream.of(
                            alone(
                                    "wider",
                                    FLOWS,
                                    "ALTER TABLE $T ALTER v TYPE varchar(20)",
                                    "UPDATE $T SET v = 'longer than before' WHERE id = 7",
                                    ""),
                            alone(
                                    "identity",
                                    FLOWS,
                                    "ALTER TABLE $T REPLICA IDENTITY FULL",
                                    "UPDATE $T SET id = -10 WHERE id = 8",
                                    ""),
                            alone("indexed", FLOWS, "CREATE INDEX ON $T (v)", "", ""),
                            alone(
                                    "label_added",
                                    FLOWS,
                                    "ALTER TYPE $T_mood ADD VALUE 'new'",
                                    "INSERT INTO $T (id, m) VALUES (-9, 'new')",
                                    ""),
                            alone(
                                    "label_renamed",
                                    READ_ANEW,
                                    "ALTER TYPE $T_mood RENAME VALUE 'calm' TO 'cool'",
                                    "",
                                    "m = 'calm'"),
                            alone(
                                    "untyped",
                                    READ_ANEW,
                                    "ALTER TABLE $T ALTER v TYPE text",
                                    "UPDATE $T SET v = repeat('x', 30) WHERE id = 7",
                                    ""),
                            alone("vacuumed", READ_ANEW, "VACUUM FULL $T", "", ""),
                            inside("clustered", READ_ANEW, "CLUSTER $T USING $T_pkey", "", "")),
                    both(
                            "constant",
                            READ_ANEW,
                            "ALTER TABLE $T ADD extra int DEFAULT 7",
                            "",
                            "extra IS DISTINCT FROM 7"),
                    both("volatile", READ_ANEW, "ALTER TABLE $T ADD extra float DEFAULT random()", "", "extra IS NULL"),
                    both("dropped", READ_ANEW, "ALTER TABLE $T DROP v", "", ""),
                    both("renamed", READ_ANEW, "ALTER TABLE $T RENAME v TO w", "", "w IS NULL"),
                    both(
                            "retyped",
                            READ_ANEW,
                            "ALTER TABLE $T ALTER n TYPE bigint",
                            "UPDATE $T SET n = 5000000000 WHERE id = 7",
                            ""),
                    both(
                            "recounted",
                            READ_ANEW,
                            "ALTER TABLE $T ALTER n TYPE int USING n * 3",
                            "",
                            "n = 5 AND id BETWEEN 1 AND 300"),
                    both("emptied", READ_ANEW, "TRUNCATE $T", "", "id BETWEEN 10 AND 300"),
                    Stream.of(
                            parted(
                                    "part_made",
                                    FLOWS,
                                    "SELECT 1",
                                    "CREATE TABLE $T_more PARTITION OF $T FOR VALUES FROM (1000000) TO (2000000)",
                                    ""),
                            parted(
                                    "part_attached",
                                    READ_ANEW,
                                    "CREATE TABLE $T_more (LIKE $T INCLUDING ALL);"
                                            + " INSERT INTO $T_more (id) SELECT generate_series(1000001, 1000009)",
                                    "ALTER TABLE $T ATTACH PARTITION $T_more FOR VALUES FROM (1000000) TO (2000000)",
                                    "id = 1 AND NOT EXISTS (SELECT FROM $T WHERE id = 1000001)"),
                            parted(
                                    "part_detached",
                                    READ_ANEW,
                                    IN_PARTITION,
                                    "ALTER TABLE $T DETACH PARTITION $T_more",
                                    "id > 1000000"),
                            parted("part_dropped", READ_ANEW, IN_PARTITION, "DROP TABLE $T_more", "id > 1000000"),
                            parted("part_emptied", READ_ANEW, IN_PARTITION, "TRUNCATE $T_more", "id > 1000000")))
            .flatMap(tables -> tables)
            .toList();

    private static Configuration configuration(
            EmbeddedKafka kafka, String source, TestDatabase shop, TestDatabase shipping, List<String> tables) {
        String streams = tables.stream()
                .map(t -> "  " + t + ": { source: " + source + ", table: public." + t + ", topic: " + source + "." + t
                        + " }\n")
                .collect(Collectors.joining());
        return ConfigurationFile.parse(
                "freshet.yaml",
                """
                kafka: { bootstrap-servers: "%s" }
                sources: { %s: { url: "%s", user: "%s", password: "%s" } }
                streams:
                %sreplicas:
                  copies:
                    streams: { %s }
                    url: "%s"
                    user: "%s"
                    password: "%s"
                    group: %2$s
                    limits: { retry-backoff: 500ms }
                http: { port: 0 }
                """.formatted(
                                kafka.bootstrapServers(),
                                source,
                                shop.jdbcUrl(),
                                shop.user(),
                                shop.password(),
                                streams,
                                tables.stream().map(t -> t + ": {}").collect(Collectors.joining(", ")),
                                shipping.jdbcUrl(),
                                shipping.user(),
                                shipping.password()),
                Map.of());
    }

    private static void assertSame(LiveCopies copies, LiveCopies.Database source, String table) throws SQLException {
        String columns = source.column("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
                        + " WHERE attrelid = '" + table + "'::regclass AND attnum > 0 AND NOT attisdropped")
                .get(0);
        String query = "SELECT " + columns + " FROM " + table + " ORDER BY id";
        copies.assertSame(query, query);
    }

    /** Returns the streams whose rows are read anew, or were since another time. */
    private static Set<String> readAnew(Map<String, String> before, Map<String, String> now) {
        return now.keySet().stream()
                .filter(stream -> !now.get(stream).equals(before.get(stream)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> since(LiveCopies copies) {
        return copies.status().streams().stream()
                .collect(Collectors.toMap(ServerStatus.StreamStatus::name, s -> String.valueOf(s.since())));
    }

    /** Waits until the copies have all, and does meanwhile what their user is told to do. */
    private static List<String> awaitAll(LiveCopies copies, TestDatabase shipping) throws SQLException {
        List<String> repairs = new ArrayList<>();
        copies.awaitAll(() -> {
            Matcher told = REPAIR.matcher(copies.status().problems().toString());
            while (told.find()) {
                if (!repairs.contains(told.group())) {
                    repairs.add(told.group());
                    shipping.execute(told.group());
                }
            }
        });
        copies.untilReady();
        return repairs;
    }

    @Test
    void statementInMidStream_isFollowedAsDocumented(
            EmbeddedKafka kafka, TestDatabase shop, TestDatabase shipping, TopicPrefix prefix, @TempDir Path folder)
            throws SQLException {
        for (ChangedTable t : TABLES) {
            t.create(shop::connect);
        }
        List<String> names = TABLES.stream().map(ChangedTable::name).toList();
        Configuration config = configuration(kafka, prefix.name("shop"), shop, shipping, names);
        try (LiveCopies copies = new LiveCopies(config, folder, shop::connect, shipping::connect)) {
            copies.awaitReady();
            Map<String, String> before = since(copies);
            Set<String> repairs = new TreeSet<>();
            try (ChangeClaims claims = ChangeClaims.start(shipping::connect);
                    TableWriter writer = TableWriter.start(shop::connect, names, 1)) {
                for (ChangedTable t : TABLES) {
                    t.change(shop::connect);
                    if (!t.untrue().isEmpty()) {
                        claims.isChanged(t, shop.text("SELECT pg_current_wal_insert_lsn()"));
                    }
                }
                repairs.addAll(awaitAll(copies, shipping));
                assertTrue(writer.isWriting());
            }
            shop.execute("INSERT INTO part_made (id) VALUES (1000001)");
            copies.awaitAll();
            for (ChangedTable t : TABLES) {
                assertSame(copies, shop::connect, t.name());
            }
            assertEquals(
                    TABLES.stream()
                            .filter(t -> t.kind() == READ_ANEW)
                            .map(ChangedTable::name)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    readAnew(before, since(copies)));
            assertEquals(
                    Set.of("retyped", "retyped_inside", "untyped", "wider"),
                    repairs.stream().map(r -> r.split("\"")[3]).collect(Collectors.toSet()));
        }
    }
}
