package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.replica.table.TableName;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdministrationTest extends InReplicaWorld {
    @BeforeEach
    void prepare() throws Exception {
        world.put(1, "a", 1);
        world.relay.commit();
    }

    @Test
    void check_findsNothingWhereAllFits() throws Exception {
        ReplicaConfig config = world.config().build();
        assertEquals(List.of(), Replica.check(config, Set.of(), Map.of(), Clock.systemUTC()));
        world.start(config);
        world.settle();
        assertEquals(List.of(), Replica.check(config, Set.of(), Map.of(), Clock.systemUTC()));
    }

    @Test
    void check_tellsAllThatIsWrong() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name integer, other integer NOT NULL)",
                "INSERT INTO t VALUES (5, 5, 5)");
        List<String> problems = Replica.check(world.config().build(), Set.of(), Map.of(), Clock.systemUTC());
        for (String part : List.of("'name'", "no column 'n'", "'other'", "rows that Freshet did not bring")) {
            assertTrue(problems.stream().anyMatch(p -> p.contains(part)), part + " in " + problems);
        }
    }

    @Test
    void topicToCome_isMissedByNobody() throws Exception {
        ReplicaConfig config = world.config().stream(new StreamTarget(
                        "later", world.relay.topic("later"), null, TableName.parse("nowhere.later"), Map.of()))
                .build();
        List<String> strict = Replica.check(config, Set.of(), Map.of(), Clock.systemUTC());
        assertTrue(strict.get(0).contains("does not exist"), strict.toString());
        List<String> lenient = Replica.check(config, Set.of(world.relay.topic("later")), Map.of(), Clock.systemUTC());
        assertEquals(1, lenient.size(), lenient.toString());
        assertTrue(lenient.get(0).contains("Schema 'nowhere'"), "the database is looked at all the same: " + lenient);
    }

    @Test
    void tableWithRowsOfOthers_isNotTouched() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer)", "INSERT INTO t VALUES (5, 'mine', 5)");
        Replica replica = world.start();
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RETRYING
                && String.valueOf(replica.status().reason()).contains("did not bring"));
        assertEquals(List.of("5|mine|5"), world.copy());
        assertFalse(replica.status().complete());
        List<String> problems = Replica.check(world.config().build(), Set.of(), Map.of(), Clock.systemUTC());
        assertTrue(problems.stream().anyMatch(p -> p.contains("did not bring")), problems.toString());
        assertTrue(replica.isRunning(), "it waits by itself; nobody need start it again");
        world.database.execute("DELETE FROM t");
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RUNNING
                && replica.status().reason() == null);
    }

    @Test
    void leastPrivilegedRole_isEnough() throws Exception {
        String role = "shipping_" + world.database.name();
        world.database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'",
                "CREATE SCHEMA own AUTHORIZATION " + role,
                "CREATE SCHEMA freshet AUTHORIZATION " + role,
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        ReplicaConfig config = ReplicaConfig.builder("copy").stream(new StreamTarget(
                        "t",
                        world.relay.topic("t"),
                        null,
                        TableName.parse("own.t"),
                        Map.of("id", "key", "name", "label")))
                .database(world.database.jdbcUrl(), role, "secret")
                .group(world.relay.source + ".least")
                .kafka("bootstrap.servers", world.kafka.bootstrapServers())
                .freshness(Duration.ofMillis(200), Duration.ofSeconds(3))
                .build();
        try {
            assertEquals(List.of(), Replica.check(config, Set.of(), Map.of(), Clock.systemUTC()));
            try (Replica replica = Replica.start(config, Clock.systemUTC())) {
                world.settle();
                assertEquals(List.of("1|a"), world.rows("SELECT key, label FROM own.t"));
                world.put(2, "b", 2);
                world.settle();
                assertEquals(List.of("1|a", "2|b"), world.rows("SELECT key, label FROM own.t ORDER BY 1"));
                assertTrue(replica.isRunning());
            }
        } finally {
            world.database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void configuration_rejectsWhatContradicts() {
        assertThrows(IllegalArgumentException.class, () -> ReplicaConfig.builder("Bad Name"));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> world.config().batchRecords(0).build());
        assertTrue(e.getMessage().contains("batchRecords"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamTarget("t", "x.t", null, TableName.parse("public.t"), Map.of("a", "c", "b", "c")));
        assertFalse(world.config().build().toString().contains(world.database.password()));
    }

    @Test
    void missingRights_areNamedOnceWithTheStatementsThatGrantThem() throws Exception {
        String role = world.database.name() + "_Reader";
        world.database.execute(
                "CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'reader'",
                "REVOKE TEMPORARY ON DATABASE \"" + world.database.name() + "\" FROM PUBLIC");
        try {
            ReplicaConfig.Builder builder = world.config().database(world.database.jdbcUrl(), role, "reader");
            ReplicaConfig config = builder.stream(
                            new StreamTarget("u", world.relay.topic("u"), null, TableName.parse("public.u"), Map.of()))
                    .build();
            List<String> problems = Replica.checkDatabase(config, Map.of());
            assertEquals(3, problems.size(), "each once: " + problems);
            for (String problem : problems) {
                int statement = problem.indexOf("GRANT ");
                world.database.execute(problem.substring(statement).replaceFirst("; or .*", ""));
            }
            assertEquals(List.of(), Replica.checkDatabase(config, Map.of()));

            String wrong = Replica.checkDatabase(
                            builder.database(world.database.jdbcUrl(), role, "not-it")
                                    .build(),
                            Map.of())
                    .toString();
            assertTrue(wrong.contains("password authentication failed for user"), wrong);
            assertFalse(wrong.contains("not-it"), wrong);
        } finally {
            world.database.execute("DROP OWNED BY \"" + role + "\"", "DROP ROLE \"" + role + "\"");
        }
    }
}
