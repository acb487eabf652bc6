package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.SlotState;
import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.InstantSource;
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
}
