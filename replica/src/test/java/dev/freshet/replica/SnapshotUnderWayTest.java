package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fill beside a snapshot that is under way, and the replica's other copies. */
class SnapshotUnderWayTest extends InReplicaWorld {
    private static final Duration FOLLOW = Duration.ofMinutes(10);

    private final HandClock clock = new HandClock();

    @BeforeEach
    void prepare() throws Exception {
        world.relay.capture(new SchemaRecord("u", ReplicaWorld.SCHEMA.columns(), List.of("id")), 1);
        other(1);
        world.relay.status("t", StreamStatus.SNAPSHOTTING);
        world.put(Op.READ, 1, "a", 1);
        world.relay.commit();
    }

    private void other(int id) {
        world.relay.put("u", Op.UPDATE, ReplicaWorld.key(id), "{\"id\":" + id + ",\"name\":\"o\",\"n\":1}");
    }

    private StreamTarget other() {
        return new StreamTarget("u", world.relay.topic("u"), null, TableName.parse("public.u"), Map.of());
    }

    private ReplicaConfig both() {
        return world.config().stream(other())
                .snapshot(FOLLOW, Duration.ofDays(1))
                .build();
    }

    private void untilOther(int rows) {
        until("SELECT count(*) FROM u", rows);
    }

    /** The table may not be there yet. */
    private void until(String query, int expected) {
        ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.one(query)
                .equals(Integer.toString(expected)));
    }

    @Test
    void otherCopyThatIsFilled_isNotKeptWaiting() throws Exception {
        try (Replica replica = Replica.start(both(), new KafkaReaders(both(), clock), clock)) {
            untilOther(1);
            ReplicaWorld.until(() -> replica.status().fillRows() == 1);
            // as long as the snapshot gives rows, since nobody waits for this fill
            clock.advance(FOLLOW.plusSeconds(1));
            other(2);
            world.put(Op.READ, 2, "b", 2);
            world.relay.commit();
            untilOther(2);
            ReplicaWorld.until(() -> replica.status().fillRows() == 2);
            assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());
            assertEquals("0", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 't'"));
            world.relay.status("t", StreamStatus.RUNNING);
            world.relay.commit();
            ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.copy()
                    .equals(world.expectedRows()));
        }
    }

    @Test
    void otherFill_isKeptWaitingForTheLimitAtMost() throws Exception {
        world.relay.capture(new SchemaRecord("v", ReplicaWorld.SCHEMA.columns(), List.of("id")), 1);
        world.relay.status("v", StreamStatus.SNAPSHOTTING);
        world.relay.commit();
        ReplicaConfig three = world.config().stream(other()).stream(
                        new StreamTarget("v", world.relay.topic("v"), null, TableName.parse("public.v"), Map.of()))
                .snapshot(FOLLOW, Duration.ofDays(1))
                .build();
        try (Replica replica = Replica.start(three, new KafkaReaders(three, clock), clock)) {
            untilOther(1);
            ReplicaWorld.until(() -> replica.status().fillRows() == 1);
            clock.advance(FOLLOW.minusSeconds(1));
            world.put(Op.READ, 2, "b", 2);
            world.relay.commit();
            ReplicaWorld.until(() -> replica.status().fillRows() == 2);
            assertEquals("0", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 't'"));
            clock.advance(Duration.ofSeconds(1));
            world.put(Op.READ, 3, "c", 3);
            world.relay.commit();
            // the rest is applied as it comes, while the last fill keeps nobody waiting
            ReplicaWorld.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> world.copy()
                    .equals(world.expectedRows()));
            assertEquals("0", world.one("SELECT fill FROM freshet.replica_stream WHERE stream = 'v'"));
        }
    }
}
