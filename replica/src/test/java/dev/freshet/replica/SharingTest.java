package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.Op;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances: each change takes effect once, counted by a trigger, whoever comes and goes. */
class SharingTest extends InReplicaWorld {
    @Override
    protected int partitions() {
        return 4;
    }

    @BeforeEach
    void prepare() throws Exception {
        world.database.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, n integer)",
                "CREATE TABLE effects (id bigint, n integer)",
                "CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO effects VALUES (NEW.id, NEW.n); RETURN NEW; END'",
                "CREATE TRIGGER counting AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION count_it()");
    }

    @Test
    void instancesThatJoinLeaveAndDie_loseAndDoubleNothing() throws Exception {
        Replica first = world.start();
        world.settle();
        long id = 0;
        Replica second = null;
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 200; i++) {
                world.put(Op.CREATE, id++, "x", round);
            }
            world.relay.commit();
            if (round == 5) {
                second = world.start();
            } else if (round == 12) {
                // the sessions die in whatever they are doing, as if their machine had
                world.rows(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet copy'");
            } else if (round == 18) {
                first.close();
            } else if (round == 24) {
                world.rows(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freshet copy'");
            }
        }
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals(
                List.of(),
                world.rows("SELECT id, count(*) FROM effects GROUP BY id HAVING count(*) > 1"),
                "doubled effects");
        assertEquals(Long.toString(id), world.one("SELECT count(DISTINCT id) FROM effects"));
        assertEquals(
                ReplicaStatus.State.RUNNING,
                second == null ? null : second.status().state());
    }

    @Test
    void severalInstancesAtOnce_fillOnce() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            world.put(Op.CREATE, i, "x", i);
        }
        world.relay.commit();
        world.start();
        world.start();
        world.start();
        world.settle();
        assertEquals(world.expectedRows(), world.copy());
        assertEquals("1", world.one("SELECT fill FROM freshet.replica_stream"));
    }
}
