package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.FreshnessSample.Drift;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnServers
class DriftTest {
    private static final String TABLE = "CREATE TABLE a (id int PRIMARY KEY, v varchar(10), x int)";
    private static final String[] PARTITIONED = {
        "CREATE TABLE a (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
        "CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE filled (id int NOT NULL PRIMARY KEY, v text)",
        "INSERT INTO filled VALUES (11, 'x')"
    };

    @Test
    void unchangedCatalog_isNoDriftForAnySource(TestDatabase db) throws Exception {
        db.execute(TABLE);
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"));
                PostgresSource other = PostgresSource.create(f.settings, Clock.systemUTC())) {
            db.execute(
                    "INSERT INTO a VALUES (1, 'x', 1)",
                    "CREATE INDEX ON a (v)",
                    "ANALYZE a",
                    "VACUUM a",
                    "ALTER TABLE a ALTER v SET DEFAULT 'y', ALTER x SET NOT NULL",
                    "ALTER TABLE a ALTER x DROP NOT NULL");
            FreshnessSample sample = other.sample(known(f));
            assertEquals(Map.of(), sample.drifts());
            assertTrue(sample.lsn() >= f.start);
            assertFalse(sample.time().isBefore(java.time.Instant.EPOCH));
        }
    }

    @Test
    void addedColumn_isHarmless(TestDatabase db) throws Exception {
        assertHarmless(db, "ALTER TABLE a ADD w int", "'w' was added");
    }

    @Test
    void widerColumn_isHarmless(TestDatabase db) throws Exception {
        assertHarmless(db, "ALTER TABLE a ALTER v TYPE varchar(20)", "'v' got another length");
    }

    @Test
    void otherReplicaIdentity_isHarmless(TestDatabase db) throws Exception {
        assertHarmless(db, "ALTER TABLE a REPLICA IDENTITY FULL", "another replica identity");
    }

    @Test
    void columnWithDefault_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "'w' was added with a default", "ALTER TABLE a ADD w int DEFAULT 3");
    }

    @Test
    void columnWithVolatileDefault_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was rewritten", "ALTER TABLE a ADD w float DEFAULT random()");
    }

    @Test
    void droppedColumn_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "'v' was dropped", "ALTER TABLE a DROP v");
    }

    @Test
    void columnDroppedAndAddedAgain_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "'v' was dropped", "ALTER TABLE a DROP v, ADD v varchar(10)");
    }

    @Test
    void renamedColumn_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "'v' was renamed to 'w'", "ALTER TABLE a RENAME v TO w");
    }

    @Test
    void retypedColumn_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "'x' got another type", "ALTER TABLE a ALTER x TYPE bigint");
    }

    @Test
    void valuesChangedByAnAlterThatKeepsTheType_break(TestDatabase db) throws Exception {
        assertBreaks(db, "was rewritten", "ALTER TABLE a ALTER x TYPE int USING x + 1");
    }

    @Test
    void truncate_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was rewritten", "TRUNCATE a");
    }

    @Test
    void vacuumFull_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was rewritten", "VACUUM FULL a");
    }

    @Test
    void cluster_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was rewritten", "CLUSTER a USING a_pkey");
    }

    @Test
    void renamedTable_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was dropped or renamed", "ALTER TABLE a RENAME TO b");
    }

    @Test
    void droppedTable_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "was dropped or renamed", "DROP TABLE a");
    }

    @Test
    void tableMadeAgain_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "dropped and made again", "DROP TABLE a; " + TABLE);
    }

    @Test
    void replicaIdentityNothing_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "does not hold the key", "ALTER TABLE a REPLICA IDENTITY NOTHING");
    }

    @Test
    void removedFromThePublication_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "not in the publication any more", "ALTER PUBLICATION freshet_shop DROP TABLE a");
    }

    @Test
    void rowFilter_breaks(TestDatabase db) throws Exception {
        assertBreaks(db, "another row filter", "ALTER PUBLICATION freshet_shop SET TABLE a WHERE (id > 1)");
    }

    @Test
    void fewerOperations_break(TestDatabase db) throws Exception {
        assertBreaks(db, "operations iudt to i", "ALTER PUBLICATION freshet_shop SET (publish = 'insert')");
    }

    @Test
    void tableThatWasOutOfThePublicationBetweenTwoSamples_breaks(TestDatabase db) throws Exception {
        assertBreaks(
                db,
                "the publication was altered",
                "ALTER PUBLICATION freshet_shop DROP TABLE a",
                "UPDATE a SET x = 7",
                "ALTER PUBLICATION freshet_shop ADD TABLE a");
    }

    @Test
    void operationsThatWereLeftOutBetweenTwoSamples_break(TestDatabase db) throws Exception {
        assertBreaks(
                db,
                "the publication was altered",
                "ALTER PUBLICATION freshet_shop SET (publish = 'insert')",
                "UPDATE a SET x = 7",
                "ALTER PUBLICATION freshet_shop SET (publish = 'insert, update, delete, truncate')");
    }

    @Test
    void furtherTableInThePublication_isNoDrift(TestDatabase db) throws Exception {
        db.execute(TABLE, "CREATE TABLE b (id int PRIMARY KEY)");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("ALTER PUBLICATION freshet_shop ADD TABLE b", "ALTER PUBLICATION freshet_shop SET TABLE a, b");
            assertEquals(Map.of(), f.source.sample(known(f)).drifts());
        }
    }

    @Test
    void newPartition_isHarmlessWhileEmpty(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(db, "CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (10) TO (20)");
        assertFalse(drift.breaking(), drift.reason());
        assertTrue(drift.reason().contains("public.a2 was added, empty"), drift.reason());
    }

    @Test
    void attachedPartitionWithRows_breaks(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(db, "ALTER TABLE a ATTACH PARTITION filled FOR VALUES FROM (10) TO (20)");
        assertTrue(drift.breaking() && drift.reason().contains("public.filled was attached with rows"), drift.reason());
    }

    @Test
    void rowsBehindAnEmptyPartitionOfTheSameTransaction_break(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(
                db,
                "BEGIN; CREATE TABLE b (id int NOT NULL PRIMARY KEY, v text); INSERT INTO b VALUES (12);"
                        + " ALTER TABLE a ATTACH PARTITION b FOR VALUES FROM (10) TO (20); COMMIT");
        assertTrue(drift.breaking(), drift.reason());
    }

    @Test
    void detachedPartition_breaks(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(db, "ALTER TABLE a DETACH PARTITION a1");
        assertTrue(drift.breaking() && drift.reason().contains("public.a1 was detached or dropped"), drift.reason());
    }

    @Test
    void partitionThatWasAwayBetweenTwoSamples_breaks(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(
                db,
                "ALTER TABLE a DETACH PARTITION a1",
                "INSERT INTO a1 VALUES (1, 'not in the log')",
                "ALTER TABLE a ATTACH PARTITION a1 FOR VALUES FROM (0) TO (10)");
        assertTrue(drift.breaking() && drift.reason().contains("public.a1 was detached for a while"), drift.reason());
    }

    @Test
    void truncatedPartition_breaks(TestDatabase db) throws Exception {
        db.execute(PARTITIONED);
        Drift drift = drift(db, "TRUNCATE a1");
        assertTrue(drift.breaking() && drift.reason().contains("public.a1 was rewritten"), drift.reason());
    }

    private static void assertHarmless(TestDatabase db, String ddl, String reason) throws Exception {
        db.execute(TABLE);
        Drift drift = drift(db, ddl);
        assertFalse(drift.breaking(), drift.reason());
        assertTrue(drift.reason().contains(reason), drift.reason());
    }

    private static void assertBreaks(TestDatabase db, String reason, String... ddl) throws Exception {
        db.execute(TABLE, "INSERT INTO a VALUES (1, 'x', 1)");
        Drift drift = drift(db, ddl);
        assertTrue(drift.breaking(), drift.reason());
        assertTrue(drift.reason().contains(reason), drift.reason());
    }

    private static Drift drift(TestDatabase db, String... ddl) throws Exception {
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute(ddl);
            Drift drift = f.source.sample(known(f)).drifts().get("a");
            assertNotNull(drift);
            // the new text is what it is compared with from now on
            assertEquals(Map.of(), f.source.sample(Map.of("a", drift.catalog())).drifts());
            return drift;
        }
    }

    private static Map<String, String> known(LogFixture f) {
        return Map.of("a", f.streams.get(0).catalog());
    }
}
