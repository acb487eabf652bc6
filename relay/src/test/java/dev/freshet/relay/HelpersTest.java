package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.Source;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The relay does not go on, nor count as alive, without the agents beside it. */
class HelpersTest extends RelayFixture {
    /** What a sampler meets in place of an answer. */
    private interface Sampling {
        void meet() throws Exception;
    }

    private Source source(Sampling sampling) {
        Source source = openSource();
        return (Source) Proxy.newProxyInstance(
                Source.class.getClassLoader(), new Class<?>[] {Source.class}, (proxy, method, args) -> {
                    if (method.getName().equals("sample")) {
                        sampling.meet();
                    }
                    try {
                        return method.invoke(source, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Throwable endAfter(Throwable failure) {
        Relay relay = start(
                settings,
                () -> source(() -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                }));
        Throwable end = failure(relay);
        assertEquals(RelayStatus.State.STOPPED, relay.status().state());
        assertTrue(end.getMessage().contains("The sampler of source 'shop' has failed"), end.getMessage());
        return end;
    }

    @Test
    void errorInTheSampler_stopsTheRelay() {
        Error error = new AssertionError("what nobody expects");
        Throwable end = endAfter(error);
        assertEquals(error, end.getCause());
        assertTrue(end.getMessage().contains("what nobody expects"), end.getMessage());
    }

    @Test
    void missingRightOfTheSampler_stopsTheRelayAsSomethingToSetRight() {
        Throwable end = endAfter(new ConfigurationException("grant it"));
        Assertions.assertInstanceOf(ConfigurationException.class, end);
    }

    @Test
    void samplerThatFailsForAWhile_isAnAlarmWithItsWords_untilItDoesNot() {
        AtomicBoolean away = new AtomicBoolean(true);
        Relay relay = start(
                settings,
                () -> source(() -> {
                    if (away.get()) {
                        throw new RetriableException("no connection is left for the role");
                    }
                }));
        until(relay, s -> s.alarms().stream()
                .anyMatch(a -> a.contains("The sampler of source 'shop' fails, so that freshness is unknown")
                        && a.contains("no connection is left for the role")));
        assertEquals(RelayStatus.State.RUNNING, relay.status().state());
        away.set(false);
        until(relay, s -> s.alarms().isEmpty());
    }

    @Test
    void samplerThatDoesNotComeBack_isNoLife() {
        CountDownLatch latch = new CountDownLatch(1);
        try {
            Relay relay = start(settings, () -> source(latch::await));
            until(relay, s -> s.state() == RelayStatus.State.RUNNING);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> relay.lastReturn().plus(Duration.ofSeconds(2)).isBefore(Instant.now()));
            assertEquals(RelayStatus.State.RUNNING, relay.status().state());
        } finally {
            latch.countDown();
        }
    }
}
