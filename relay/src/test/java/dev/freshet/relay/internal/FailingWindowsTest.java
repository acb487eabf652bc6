package dev.freshet.relay.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailingWindowsTest {
    private static final String STREAM = "orders";

    private final RelaySettings settings = RelaySettings.builder(
                    "shop",
                    List.of(StreamSettings.of(new TableCapture(STREAM, "public.orders", List.of(), List.of()), STREAM)),
                    Map.of("bootstrap.servers", "localhost:1"))
            .build();
    private Instant now = Instant.EPOCH;
    private final FailingWindows failing = new FailingWindows(settings, () -> now);

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void failureOfTheWholeSource_isToldAfterTheLimit_andNotOfAStream() {
        failing.failed("no transaction id was given");
        assertEquals(List.of(), failing.texts());
        assertFalse(failing.areAny(), "it is no stream's");
        pass(settings.streamRetryLimit());
        String text = failing.texts().get(0);
        assertTrue(text.startsWith("No table of source 'shop' could be read for more than "), text);
        assertTrue(text.endsWith(": no transaction id was given"), text);
        failing.succeeded();
        assertEquals(List.of(), failing.texts());
    }

    @Test
    void failureOfTheWholeSource_outlivesItsStreams() {
        failing.failed("no transaction id was given");
        failing.failed(STREAM, "locked");
        failing.keepOnly(stream -> false);
        pass(settings.streamRetryLimit());
        assertEquals(1, failing.texts().size());
        assertFalse(failing.areAny());
    }

    @Test
    void stream_isTriedAgainAfterAPauseThatDoubles_upToAMinute() {
        Duration pause = Duration.ofSeconds(1);
        for (int i = 0; i < 8; i++) {
            failing.failed(STREAM, "locked");
            pass(pause.minusMillis(1));
            assertTrue(failing.holdsBack(STREAM), "before " + pause);
            pass(Duration.ofMillis(1));
            assertFalse(failing.holdsBack(STREAM), "after " + pause);
            pause = pause.compareTo(Duration.ofSeconds(30)) > 0 ? Duration.ofMinutes(1) : pause.multipliedBy(2);
        }
    }

    @Test
    void stream_isToldSinceItsFirstFailure_untilAWindowIsWhole() {
        failing.failed(STREAM, "locked");
        pass(settings.streamRetryLimit().dividedBy(2));
        failing.failed(STREAM, "locked still");
        pass(settings.streamRetryLimit().dividedBy(2));
        assertTrue(failing.texts().get(0).endsWith("locked still"), () -> failing.texts()
                .toString());
        failing.succeeded(STREAM);
        assertEquals(List.of(), failing.texts());
        assertFalse(failing.holdsBack(STREAM));
    }
}
