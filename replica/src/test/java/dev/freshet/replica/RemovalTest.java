package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.replica.postgres.ConsumerDb;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemovalTest extends InReplicaWorld {
    private static final String STATE = "SELECT count(*) FROM (SELECT FROM freshet.replica_position UNION ALL"
            + " SELECT FROM freshet.replica_stream UNION ALL SELECT FROM freshet.copy_state) s";

    private static final String PAUSING =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'freshet copy'"
                    + " AND datname = current_database() AND query LIKE '%pg_sleep%'";

    private ReplicaConfig config;

    @BeforeEach
    void prepare() throws Exception {
        config = world.config().build();
        world.put(1, "a", 1);
        world.relay.commit();
    }

    private void fillAndStop() throws Exception {
        Replica replica = world.start(config);
        world.settle();
        replica.close();
    }

    @Test
    void tables_stayUnlessAskedFor() throws Exception {
        fillAndStop();
        List<String> actions = Replica.describeRemoval(config, false);
        assertEquals(2, actions.size(), actions.toString());
        assertTrue(actions.get(1).startsWith("leave the table public.t with its rows (about 1)"), actions.toString());
        assertTrue(actions.get(1).contains("--drop-tables"), actions.toString());
        Replica.remove(config, false);
        assertEquals("0", world.one(STATE));
        assertEquals(List.of("1|a|1"), world.copy());
        assertEquals(List.of(), Replica.describeRemoval(config, true), "what is forgotten is nobody's");
    }

    @Test
    void whatIsToldOfServersThatStillHaveIt_isWhatTheyDo() throws Exception {
        fillAndStop();
        List<String> left = Replica.describeRemoval(config, false);
        assertTrue(left.get(0).contains("the schema freshet with its tables stays"), left.toString());
        assertTrue(left.get(1).contains("would refuse it until it is empty"), left.toString());
        Replica.remove(config, false);
        Replica refusing = world.start(config);
        ReplicaWorld.await().until(() -> String.valueOf(refusing.status().reason())
                .contains("holds rows that Freshet did not bring"));
        refusing.close();
        world.database.execute("DELETE FROM t");
        Replica again = world.start(config);
        world.settle();
        again.close();
        List<String> dropped = Replica.describeRemoval(config, true);
        assertTrue(dropped.get(1).contains("would make it and fill it anew"), dropped.toString());
        Replica.remove(config, true);
        Replica anew = world.start(config);
        world.settle();
        anew.close();
        assertEquals(List.of("1|a|1"), world.copy());
    }

    @Test
    void tables_areDroppedIfAskedFor() throws Exception {
        fillAndStop();
        assertTrue(
                Replica.describeRemoval(config, true).get(1).startsWith("drop the table public.t with its rows"),
                "it says so first");
        assertEquals(List.of("1|a|1"), world.copy());
        Replica.remove(config, true);
        assertEquals("0", world.one(STATE));
        assertEquals("", world.one("SELECT 1 FROM pg_class WHERE relname = 't'"));
    }

    @Test
    void tableThatItDidNotFill_isNeverDropped() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer)", "INSERT INTO t VALUES (5, 'mine', 5)");
        Replica replica = world.start(config);
        ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RETRYING);
        replica.close();
        List<String> actions = Replica.describeRemoval(config, true);
        assertTrue(actions.stream().noneMatch(a -> a.contains("public.t")), actions.toString());
        Replica.remove(config, true);
        assertEquals(List.of("5|mine|5"), world.copy());
    }

    @Test
    void tableThatAnotherReplicaHasFilledAsWell_isLeftToIt() throws Exception {
        world.start(config);
        world.settle();
        ReplicaConfig former = ReplicaConfig.builder("former").stream(
                        config.streams().get(0))
                .database(config.url(), config.user(), config.password())
                .kafka("bootstrap.servers", world.kafka.bootstrapServers())
                .build();
        world.database.execute("INSERT INTO freshet.replica_stream (replica, stream, topic, topic_id, target, fill)"
                + " SELECT 'former', stream, topic, topic_id, target, 1 FROM freshet.replica_stream");
        for (boolean tables : new boolean[] {true, false}) {
            List<String> actions = Replica.describeRemoval(former, tables);
            assertTrue(
                    actions.get(1).startsWith("leave the table public.t with its rows")
                            && actions.get(1).endsWith(", since it is also the copy of replica 'copy'"),
                    actions.toString());
        }
        Replica.remove(former, true);
        assertEquals(List.of(), Replica.describeRemoval(former, true));
        world.put(2, "b", 2);
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void replicaAtWork_isRefused() throws Exception {
        Replica replica = world.start(config);
        world.settle();
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> Replica.remove(config, true));
        assertTrue(String.valueOf(e.getMessage()).contains("stop every server that has it first"), e.getMessage());
        world.put(2, "b", 2);
        world.settle();
        assertEquals(List.of("1|a|1", "2|b|2"), world.copy());
        replica.close();
        Replica.remove(config, true);
        assertEquals("0", world.one(STATE));
    }

    @Test
    void sessionThatIsJustEnding_isWaitedFor() throws Exception {
        fillAndStop();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Connection last = new ConsumerDb(config).open();
            Future<?> removal = thread.submit(() -> Replica.remove(config, true));
            try {
                ReplicaWorld.until(() -> removal.isDone() || world.one(PAUSING).equals("1"));
            } finally {
                last.close();
            }
            removal.get();
            assertEquals("0", world.one(STATE));
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void replicaAtWorkUnderAnotherApplicationName_isRefused() throws Exception {
        String url = world.database.jdbcUrl();
        config = world.config()
                .database(
                        url + (url.contains("?") ? "&" : "?") + "ApplicationName=svc",
                        world.database.user(),
                        world.database.password())
                .build();
        world.start(config);
        world.settle();
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> Replica.remove(config, true));
        assertTrue(String.valueOf(e.getMessage()).contains("stop every server that has it first"), e.getMessage());
        assertEquals(List.of("1|a|1"), world.copy());
    }

    @Test
    void tableOnWhichOthersDepend_isNamedAndNothingIsRemoved() throws Exception {
        fillAndStop();
        String before = world.one(STATE);
        world.database.execute("CREATE VIEW v AS SELECT * FROM t");
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> Replica.remove(config, true));
        assertTrue(String.valueOf(e.getMessage()).startsWith("Table public.t of replica 'copy' cannot be dropped"));
        assertEquals(before, world.one(STATE));
        assertEquals(List.of("1|a|1"), world.copy());
    }

    @Test
    void databaseThatDoesNotKnowIt_hasNothingToRemove() {
        assertEquals(List.of(), Replica.describeRemoval(config, true));
        Replica.remove(config, true);
    }
}
