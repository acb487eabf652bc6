package dev.freshet.replica.fill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.replica.InReplicaWorld;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fill that goes on with its stream's snapshot. */
class SnapshotFollowTest extends InReplicaWorld {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NEARLY = PATIENCE.minusSeconds(1);

    @BeforeEach
    void prepare() throws Exception {
        world.relay.status("t", StreamStatus.SNAPSHOTTING);
        world.put(Op.READ, 1, "a", 1);
        world.relay.commit();
    }

    private HandDrivenFill begin() throws Exception {
        return new HandDrivenFill(
                world.config().snapshot(Duration.ofMinutes(10), PATIENCE).build());
    }

    private void change(HandDrivenFill following, Op op, long id, long rows) throws Exception {
        world.put(op, id, "changed", 2);
        world.relay.commit();
        following.untilRows(rows);
    }

    @Test
    void snapshotThatGivesRows_isFollowedForLongerThanThePatience() throws Exception {
        try (HandDrivenFill following = begin()) {
            following.untilRows(1);
            for (int id = 2; id <= 5; id++) {
                following.clock.advance(NEARLY);
                for (int i = 0; i < 5; i++) {
                    following.fill.work();
                }
                change(following, Op.READ, id, id);
            }
            assertFalse(following.fill.isComplete());
            world.put(Op.READ, 6, "last", 6);
            world.relay.status("t", StreamStatus.RUNNING);
            world.relay.commit();
            following.untilRows(6);
            following.untilComplete();
            assertEquals(6, following.fill.rows());
            assertEquals(-1, following.fill.work());
        }
        assertEquals(world.expectedRows(), world.copy());
    }

    @Test
    void snapshotThatStandsStill_isNotWaitedForBeyondThePatience_althoughChangesCome() throws Exception {
        try (HandDrivenFill following = begin()) {
            following.untilRows(1);
            following.clock.advance(NEARLY);
            change(following, Op.UPDATE, 2, 2);
            assertFalse(following.fill.isComplete());
            following.clock.advance(Duration.ofSeconds(1));
            following.untilComplete();
            assertEquals(-1, following.fill.work());
        }
        assertEquals(world.expectedRows(), world.copy());
    }
}
