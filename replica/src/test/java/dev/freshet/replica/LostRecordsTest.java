package dev.freshet.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.model.Op;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.table.TableName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A copy that stands where its topic has no records any more. */
class LostRecordsTest extends InReplicaWorld {
    // the name of the other stream's topic, "t", is the beginning of this one's
    private static final String LONGER = "t-item";

    @Test
    void streamWhoseRecordsAreGone_isFilledAnewAlone() throws Exception {
        world.relay.capture(new SchemaRecord(LONGER, ReplicaWorld.SCHEMA.columns(), List.of("id")), 1);
        world.put(1, "a", 1);
        world.relay.put(LONGER, Op.UPDATE, ReplicaWorld.key(1), "{\"id\":1,\"name\":\"i\",\"n\":1}");
        ReplicaConfig both = world.config().stream(new StreamTarget(
                        LONGER, world.relay.topic(LONGER), null, TableName.parse("public.item"), Map.of()))
                .build();
        Replica first = world.start(both);
        world.settle();
        first.close();
        world.database.execute(
                "UPDATE freshet.replica_position SET next_offset = 1000 WHERE stream = '" + LONGER + "'");
        world.start(both);
        ReplicaWorld.until(() -> world.one("SELECT fill FROM freshet.replica_stream WHERE stream = '" + LONGER + "'")
                .equals("2"));
        world.settle();
        assertEquals(
                "1|null",
                world.rows("SELECT fill, refill FROM freshet.replica_stream WHERE stream = 't'")
                        .get(0));
        assertEquals("1", world.one("SELECT count(*) FROM item"));
    }
}
