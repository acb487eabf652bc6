package dev.freshet.capture.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.FreshnessSample.Drift;
import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Changes of types that change what older rows are read as, without a row message. */
@OnServers
class LabelDriftTest {
    private static final String RENAME = "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'";

    @Test
    void renamedLabel_breaks_whereverTheTypeIsInside(TestDatabase db) throws Exception {
        for (String type : new String[] {"mood", "mood[]", "kind_mood", "kind_mood[]", "moods", "pair", "pair[]"}) {
            Drift drift = drift(db, type, RENAME);
            assertTrue(drift.breaking(), type + ": " + drift.reason());
            assertTrue(drift.reason().contains("'sad' was renamed to 'blue'"), type + ": " + drift.reason());
        }
    }

    @Test
    void swappedLabels_break(TestDatabase db) throws Exception {
        Drift drift = drift(
                db,
                "mood",
                "BEGIN; ALTER TYPE mood RENAME VALUE 'sad' TO 'x'; ALTER TYPE mood RENAME VALUE 'glad' TO 'sad';"
                        + " ALTER TYPE mood RENAME VALUE 'x' TO 'glad'; COMMIT");
        assertTrue(drift.breaking(), drift.reason());
    }

    @Test
    void addedLabel_isHarmless(TestDatabase db) throws Exception {
        Drift drift = drift(db, "mood", "ALTER TYPE mood ADD VALUE 'so, so=%' BEFORE 'glad'");
        assertFalse(drift.breaking(), drift.reason());
        assertTrue(drift.reason().contains("'so, so=%' was added"), drift.reason());
    }

    @Test
    void addedAttributeOfAComposite_breaks_sinceItsTextHasOneMore(TestDatabase db) throws Exception {
        Drift drift = drift(db, "pair", "ALTER TYPE pair ADD ATTRIBUTE more int");
        assertTrue(drift.breaking() && drift.reason().contains("another attribute"), drift.reason());
    }

    @Test
    void droppedAttributeOfAComposite_breaks(TestDatabase db) throws Exception {
        Drift drift = drift(db, "pair", "ALTER TYPE pair DROP ATTRIBUTE n");
        assertTrue(drift.breaking() && drift.reason().contains("was dropped"), drift.reason());
    }

    @Test
    void renamedLabelOfAColumnThatIsNotCaptured_isNoDrift(TestDatabase db) throws Exception {
        makeTable(db, "mood");
        try (LogFixture f = LogFixture.capture(db, new TableCapture("a", "public.a", List.of("id", "x"), List.of()))) {
            db.execute(RENAME);
            assertEquals(
                    Map.of(),
                    f.source.sample(Map.of("a", f.streams.get(0).catalog())).drifts());
        }
    }

    private static void makeTable(TestDatabase db, String type) throws Exception {
        db.execute(
                "DROP TABLE IF EXISTS a",
                "DROP TYPE IF EXISTS moods, pair, kind_mood, mood CASCADE",
                "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                "CREATE DOMAIN kind_mood AS mood",
                "CREATE TYPE moods AS RANGE (subtype = mood)",
                "CREATE TYPE pair AS (n int, m kind_mood[])",
                "CREATE TABLE a (id int PRIMARY KEY, v " + type + ", x int)");
    }

    private static Drift drift(TestDatabase db, String type, String ddl) throws Exception {
        makeTable(db, type);
        try (LogFixture f = LogFixture.create(db, b -> b)) {
            String before = f.source
                    .capture(List.of(LogFixture.all("a", "public.a")))
                    .get(0)
                    .catalog();
            assertEquals(Map.of(), f.source.sample(Map.of("a", before)).drifts());
            db.execute(ddl);
            Drift drift = f.source.sample(Map.of("a", before)).drifts().get("a");
            assertNotNull(drift);
            // the new text is what it is compared with from now on
            assertEquals(Map.of(), f.source.sample(Map.of("a", drift.catalog())).drifts());
            return drift;
        }
    }
}
