package dev.freshet.replica.fill;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.replica.InReplicaWorld;
import dev.freshet.replica.ReplicaWorld;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A fill whose topic is made again meanwhile, and may never get as long as it was. */
class TopicMadeAgainTest extends InReplicaWorld {
    @Test
    void fillBeginsAgain_whenItsTopicIsShorterThanTheOneItReads() throws Exception {
        for (int i = 0; i < 20; i++) {
            world.put(i, "old", i);
        }
        world.relay.commit();
        try (HandDrivenFill filler = new HandDrivenFill(world.config().build())) {
            world.relay.recreate("t");
            world.put(1, "new", 1);
            world.relay.commit();
            AtomicReference<FillException> thrown = new AtomicReference<>();
            ReplicaWorld.until(() -> {
                filler.clock.advance(Duration.ofSeconds(1));
                try {
                    filler.fill.work();
                    return false;
                } catch (FillException e) {
                    thrown.set(e);
                    return true;
                }
            });
            assertTrue(
                    thrown.get().getMessage().contains("was made again"),
                    thrown.get().getMessage());
        }
    }
}
