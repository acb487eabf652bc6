package dev.freshet.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartTest {
    private Instant now = Instant.EPOCH;
    private final List<Started> started = new ArrayList<>();
    private boolean mayStart = true;
    private final Part<Started> part = new Part<>(
            "Source 'shop'", this::start, () -> mayStart, Duration.ofSeconds(10), Duration.ofSeconds(30), () -> now);

    private static final class Started implements Running {
        private final CompletableFuture<Object> ended = new CompletableFuture<>();
        private Runnable whileClosing = () -> {};
        private boolean closed;

        @Override
        public Instant lastReturn() {
            return Instant.EPOCH;
        }

        @Override
        public CompletableFuture<?> ended() {
            return ended;
        }

        @Override
        public void close() {
            whileClosing.run();
            closed = true;
            ended.complete("closed");
        }
    }

    private Started start() {
        Started s = new Started();
        started.add(s);
        return s;
    }

    private Started running() {
        return Objects.requireNonNull(part.running());
    }

    @Test
    void firstTick_starts() {
        assertNull(part.running());
        part.tick();
        assertNotNull(part.running());
        part.tick();
        assertEquals(1, started.size());
    }

    @Test
    void configurationFailure_isStartedAgainAfterThePause() {
        part.tick();
        running().ended.completeExceptionally(new ConfigurationException("no right"));
        part.tick();
        assertNull(part.running());
        assertEquals("no right", part.failureMessage());
        now = now.plusSeconds(9);
        part.tick();
        assertEquals(1, started.size());
        now = now.plusSeconds(1);
        part.tick();
        assertEquals(2, started.size());
        assertNull(part.failureMessage());
    }

    @Test
    void whatHasEnded_isClosedWhenTheNextBeginsOrThePartEnds() {
        part.tick();
        running().ended.completeExceptionally(new ConfigurationException("no right"));
        part.tick();
        assertFalse(started.get(0).closed);
        now = now.plusSeconds(10);
        part.tick();
        assertTrue(started.get(0).closed);
        running().ended.completeExceptionally(new LossException("gone"));
        part.tick();
        part.close();
        assertTrue(started.get(1).closed);
    }

    /** It may take as long as its statement in a database. */
    @Test
    void whatIsBeingClosed_keepsNobodyWaitingWhoAsksHowThePartIs() {
        part.tick();
        Started first = running();
        List<@Nullable String> told = new ArrayList<>();
        first.whileClosing = () -> told.add(CompletableFuture.supplyAsync(part::failureMessage)
                .orTimeout(10, TimeUnit.SECONDS)
                .join());
        first.ended.completeExceptionally(new ConfigurationException("no right"));
        part.tick();
        now = now.plusSeconds(10);
        part.tick();
        Started second = running();
        second.whileClosing = first.whileClosing;
        second.ended.completeExceptionally(new LossException("gone"));
        part.tick();
        part.close();
        assertEquals("no right", told.get(0));
        assertTrue(String.valueOf(told.get(1)).startsWith("gone"), told::toString);
    }

    @Test
    void pause_doublesUpToItsLimitAndBeginsAnewAfterALongRun() {
        List<Long> pauses = new ArrayList<>();
        part.tick();
        for (int i = 0; i < 4; i++) {
            if (i == 3) {
                now = now.plusSeconds(31);
            }
            running().ended.completeExceptionally(new ConfigurationException("no right"));
            part.tick();
            long waited = 0;
            while (part.running() == null) {
                now = now.plusSeconds(1);
                waited++;
                part.tick();
            }
            pauses.add(waited);
        }
        assertEquals(List.of(10L, 20L, 30L, 10L), pauses);
    }

    @Test
    void startThatMayNotBeYet_waits() {
        mayStart = false;
        part.tick();
        assertEquals(0, started.size());
        mayStart = true;
        part.tick();
        assertEquals(1, started.size());
    }

    @Test
    void loss_isLookedAtAgainAfterTheLongestPause_sinceAPersonMayHaveSpoken() {
        part.tick();
        running().ended.completeExceptionally(new LossException("slot is gone"));
        part.tick();
        now = now.plusSeconds(29);
        part.tick();
        assertEquals(1, started.size());
        assertEquals("slot is gone. Whether that has been done is looked at every 30s", part.failureMessage());
        now = now.plusSeconds(1);
        part.tick();
        assertEquals(2, started.size());
        running().ended.completeExceptionally(new ConfigurationException("no right"));
        part.tick();
        assertEquals("no right", part.failureMessage());
    }

    @Test
    void faultOfOurOwn_isNotStartedAgain() {
        part.tick();
        running().ended.completeExceptionally(new IllegalStateException("cannot be"));
        part.tick();
        now = now.plus(Duration.ofDays(1));
        part.tick();
        assertEquals(1, started.size());
    }

    @Test
    void partThatDoesNotComeBack_isStuckAfterTheLimit() {
        Duration limit = Duration.ofSeconds(60);
        assertNull(part.stuck(limit));
        part.tick();
        now = now.plusSeconds(60);
        assertNull(part.stuck(limit));
        now = now.plusSeconds(1);
        assertEquals(
                "Source 'shop' has not come back from its work for 61 s (http.live-limit is 60 s)", part.stuck(limit));
        running().close();
        assertNull(part.stuck(limit));
    }

    @Test
    void closed_endsAndIsNotStartedAgain() {
        part.tick();
        part.close();
        now = now.plus(Duration.ofDays(1));
        part.tick();
        assertEquals(1, started.size());
        assertNull(part.running());
        assertNull(part.failureMessage());
    }
}
