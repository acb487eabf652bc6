package dev.freshet.replica;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests in a {@link ReplicaWorld} of their own each; what further they need is made by a {@code prepare} of theirs. */
@OnServers
public abstract class InReplicaWorld {
    protected ReplicaWorld world;

    /** Returns how many partitions the stream has. */
    protected int partitions() {
        return 2;
    }

    @BeforeEach
    final void open(EmbeddedKafka kafka, TopicPrefix prefix, TestDatabase database) throws Exception {
        world = new ReplicaWorld(kafka, prefix, database, partitions());
    }

    @AfterEach
    final void close() {
        world.close();
    }
}
