package dev.freshet.replica.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.LossException;
import dev.freshet.replica.InReplicaWorld;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.stream.StreamReader;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceWatchTest extends InReplicaWorld {
    @Test
    void ledgerMadeAgain_isLost_howeverLongItIs() throws Exception {
        ReplicaConfig config = world.config().build();
        Readers readers = new KafkaReaders(config, Clock.systemUTC());
        String topic = world.relay.topic("t");
        try (Sources sources = Sources.open(config, readers);
                StreamReader questions = readers.alone()) {
            String ledger = sources.location(topic).ledger();
            SourceWatch watch = new SourceWatch(
                    "shop", sources.ledgers().get(ledger), sources.ledgerId(ledger), Set.of(topic), Instant.now());
            watch.ask(questions, Instant.now());
            assertEquals(Set.of(topic), watch.facts().keySet());
            world.relay.startAgain("t");
            LossException e = assertThrows(LossException.class, () -> watch.ask(questions, Instant.now()));
            assertTrue(String.valueOf(e.getMessage()).contains(ledger), e.getMessage());
        }
    }
}
