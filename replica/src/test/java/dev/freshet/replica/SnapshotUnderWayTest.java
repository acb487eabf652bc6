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

/** A fill beside a snapshot that is under way, and the replica's other copy. */
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
    void otherCopy_isKeptWaitingForTheLimitAtMost() throws Exception {
        try (Replica replica = Replica.start(both(), new KafkaReaders(both(), clock), clock)) {
            untilOther(1);
            ReplicaWorld.until(() -> replica.status().fillRows() == 1);
            clock.advance(FOLLOW.minusSeconds(1));
            other(2);
            world.put(Op.READ, 2, "b", 2);
            world.relay.commit();
            ReplicaWorld.until(() -> replica.status().fillRows() == 2);
            assertEquals(ReplicaStatus.State.FILLING, replica.status().state());
            clock.advance(Duration.ofSeconds(1));
            untilOther(2);
            world.put(Op.READ, 3, "c", 3);
            world.relay.commit();
            ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
        }
    }

    @Test
    void otherCopyThatWasAppliedBefore_isNotKeptWaiting() throws Exception {
        ReplicaConfig one = ReplicaConfig.builder("copy").stream(other())
                .database(world.database.jdbcUrl(), world.database.user(), world.database.password())
                .group(world.relay.source + ".copy")
                .kafka("bootstrap.servers", world.kafka.bootstrapServers())
                .build();
        try (Replica replica = world.start(one)) {
            ReplicaWorld.until(() -> replica.status().state() == ReplicaStatus.State.RUNNING);
        }
        other(2);
        world.relay.commit();
        try (Replica replica = Replica.start(both(), new KafkaReaders(both(), clock), clock)) {
            untilOther(2);
            world.put(Op.READ, 2, "b", 2);
            world.relay.commit();
            ReplicaWorld.until(() -> world.copy().equals(world.expectedRows()));
            assertEquals(ReplicaStatus.State.RUNNING, replica.status().state());
        }
    }
}
