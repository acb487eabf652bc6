package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeldomFilterTest {
    private final LoggerContext context = new LoggerContext();

    private FilterReply decide(SeldomFilter filter, String logger, Level level) {
        return decide(filter, logger, level, "a message");
    }

    private FilterReply decide(SeldomFilter filter, String logger, Level level, String format) {
        return filter.decide(null, context.getLogger(logger), level, format, null, null);
    }

    @Test
    void warningsOfTheLogger_passOnceInAWhile() {
        SeldomFilter filter = new SeldomFilter("noisy", Duration.ofDays(1));
        assertEquals(FilterReply.NEUTRAL, decide(filter, "noisy", Level.WARN));
        assertEquals(FilterReply.DENY, decide(filter, "noisy", Level.WARN));
        SeldomFilter impatient = new SeldomFilter("noisy", Duration.ZERO);
        assertEquals(FilterReply.NEUTRAL, decide(impatient, "noisy", Level.WARN));
        assertEquals(FilterReply.NEUTRAL, decide(impatient, "noisy", Level.WARN));
    }

    @Test
    void anotherWarningOfTheLogger_isNotHeldBack() {
        SeldomFilter filter = new SeldomFilter("noisy", Duration.ofDays(1));
        assertEquals(FilterReply.NEUTRAL, decide(filter, "noisy", Level.WARN, "[Producer clientId=a] Node {} is away"));
        assertEquals(FilterReply.DENY, decide(filter, "noisy", Level.WARN, "[Consumer clientId=b] Node {} is away"));
        assertEquals(FilterReply.NEUTRAL, decide(filter, "noisy", Level.WARN, "[Consumer clientId=b] Wrong password"));
        assertEquals(FilterReply.DENY, decide(filter, "noisy", Level.WARN, "[Consumer clientId=b] Wrong password"));
    }

    @Test
    void formatsBuiltFromValues_areHeldBackTogetherInTheEnd() {
        SeldomFilter filter = new SeldomFilter("noisy", Duration.ofDays(1));
        long passed = IntStream.range(0, 1000)
                .filter(i -> decide(filter, "noisy", Level.WARN, "value " + i) == FilterReply.NEUTRAL)
                .count();
        assertEquals(101, passed);
    }

    @Test
    void errorsAndOtherLoggers_passAlways() {
        SeldomFilter filter = new SeldomFilter("noisy", Duration.ofDays(1));
        for (int i = 0; i < 3; i++) {
            assertEquals(FilterReply.NEUTRAL, decide(filter, "noisy", Level.ERROR));
            assertEquals(FilterReply.NEUTRAL, decide(filter, "quiet", Level.WARN));
        }
    }
}
