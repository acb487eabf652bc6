package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A removal of a source whose relay takes over in the middle of it. */
class RemovalRaceTest extends RelayFixture {

    // the source, whose slot is given to a relay between the look at it and the drop
    private Source takenBeforeTheDrop(Source source) {
        return (Source) Proxy.newProxyInstance(
                Source.class.getClassLoader(), new Class<?>[] {Source.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("remove")) {
                        return method.invoke(source, arguments);
                    }
                    start(settings);
                    Awaitility.await()
                            .atMost(LIMIT)
                            .until(() -> source.slot().map(SlotState::activePid).isPresent());
                    throw new RetriableException("The slot is active for another process");
                });
    }

    @Test
    void relayThatTakesOverInBetween_isSaidToBeInUse() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        try (Source source = openSource()) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> source.slot().map(SlotState::activePid).isEmpty());
            RelayRemoval removal = new RelayRemoval(settings, takenBeforeTheDrop(source), InstantSource.system());
            ConfigurationException e = assertThrows(ConfigurationException.class, removal::removeSource);
            assertTrue(String.valueOf(e.getMessage()).contains("stop every server"), e::toString);
        }
    }

    @Test
    void relayThatTakesOverWhileAStreamIsRemoved_isTold_withWhatIsLeftToDo() throws SQLException {
        Relay relay = start(settings);
        settle(relay);
        relay.close();
        try (Source source = openSource();
                KafkaTopicWriter other = KafkaTopicWriter.create(settings)) {
            // the clock is asked just before the ledger is written
            RelayRemoval removal = new RelayRemoval(settings, source, () -> {
                other.fence();
                return Instant.now();
            });
            RetriableException e = assertThrows(RetriableException.class, () -> removal.removeStream("items"));
            for (String part : List.of("'items'", "'" + topic + "' is deleted", "a relay of source 'shop'", "again")) {
                assertTrue(String.valueOf(e.getMessage()).contains(part), e::toString);
            }
            new RelayRemoval(settings, source, InstantSource.system()).removeStream("items");
            assertEquals(Set.of(), removal.streams());
        }
    }
}
