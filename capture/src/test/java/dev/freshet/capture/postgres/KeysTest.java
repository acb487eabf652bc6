package dev.freshet.capture.postgres;

import static dev.freshet.capture.postgres.LogFixture.all;
import static dev.freshet.capture.postgres.LogFixture.rows;
import static dev.freshet.capture.postgres.LogFixture.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnServers
class KeysTest {
    @Test
    void keyChange_isADeleteAndACreateAtOneOrdinal(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id int PRIMARY KEY, v text)", "INSERT INTO a VALUES (1, 'x')");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET id = 2");
            List<Change> rows = rows(f.drain());
            assertEquals("d {\"id\":1}", LogFixture.text(rows.get(0)));
            assertEquals("c {\"id\":2} {\"id\":2,\"v\":\"x\"}", LogFixture.text(rows.get(1)));
            assertEquals(0, rows.get(0).position().sub());
            assertEquals(rows.get(0).position().withSub(1), rows.get(1).position());
        }
    }

    @Test
    void keyThatChangesOnlyItsSpelling_isAnUpdate(TestDatabase db) throws Exception {
        db.execute("CREATE TABLE a (id numeric PRIMARY KEY, v text)", "INSERT INTO a VALUES (1.0, 'x')");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET id = 1.00");
            assertEquals(List.of("u {\"id\":1} {\"id\":1.00,\"v\":\"x\"}"), texts(f.drain()));
        }
    }

    @Test
    void fullReplicaIdentity_givesKeyChangesAndDeletesToo(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE a (id int PRIMARY KEY, v text)",
                "ALTER TABLE a REPLICA IDENTITY FULL",
                "INSERT INTO a VALUES (1, 'x')");
        try (LogFixture f = LogFixture.capture(db, all("a", "public.a"))) {
            db.execute("UPDATE a SET v = 'y'", "UPDATE a SET id = 2", "DELETE FROM a");
            assertEquals(
                    List.of(
                            "u {\"id\":1} {\"id\":1,\"v\":\"y\"}",
                            "d {\"id\":1}",
                            "c {\"id\":2} {\"id\":2,\"v\":\"y\"}",
                            "d {\"id\":2}"),
                    texts(f.drain()));
        }
    }

    @Test
    void givenKey_isTakenFromItsIndex(TestDatabase db) throws Exception {
        db.execute(
                "CREATE TABLE a (code text NOT NULL, part int NOT NULL, v text)",
                "CREATE UNIQUE INDEX a_key ON a (part, code)",
                "ALTER TABLE a REPLICA IDENTITY USING INDEX a_key",
                "INSERT INTO a VALUES ('c', 1, 'x')");
        TableCapture capture = new TableCapture("a", "public.a", List.of(), List.of("code", "part"));
        try (LogFixture f = LogFixture.capture(db, capture)) {
            db.execute("UPDATE a SET v = 'y'", "UPDATE a SET code = 'd'", "DELETE FROM a");
            assertEquals(
                    List.of(
                            "u {\"part\":1,\"code\":\"c\"} {\"code\":\"c\",\"part\":1,\"v\":\"y\"}",
                            "d {\"part\":1,\"code\":\"c\"}",
                            "c {\"part\":1,\"code\":\"d\"} {\"code\":\"d\",\"part\":1,\"v\":\"y\"}",
                            "d {\"part\":1,\"code\":\"d\"}"),
                    texts(f.drain()));
        }
    }
}
