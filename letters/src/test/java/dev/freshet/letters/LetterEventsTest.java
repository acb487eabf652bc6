package dev.freshet.letters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DeadLetterHeaders;
import dev.freshet.model.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LetterEventsTest {
    private static Letter.Header header(String name, String value) {
        return new Letter.Header(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eventOfALetter_hasNoHeaderWhoseNameIsTaken() {
        Letter letter = Letter.of(
                new LetterPlace(0, 1),
                Instant.EPOCH,
                null,
                new byte[0],
                List.of(
                        header(RecordHeaders.ID, "01900000-0000-7000-8000-000000000001"),
                        header(RecordHeaders.TYPE, "t"),
                        header(DeadLetterHeaders.STREAM, "orders"),
                        header("ce_subject", "x"),
                        header("Content-Type", "x"),
                        header("tenant", "a")));
        assertEquals(Map.of("tenant", "a"), LetterEvents.event(letter).headers());
    }

    private static LetterChange withHeader(String name) {
        return new LetterChange(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(name, "x"));
    }

    @Test
    void changeOfALetter_setsNoHeaderThatWouldKeepItFromBeingSent() {
        assertThrows(ConfigurationException.class, () -> withHeader("Ce_subject"));
        assertThrows(ConfigurationException.class, () -> withHeader("freshet-position"));
        assertEquals(Map.of("tenant", "x"), withHeader("tenant").headers());
        assertEquals(1, withHeader(DeadLetterHeaders.TOPIC).headers().size(), "what it is for may be set");
    }
}
