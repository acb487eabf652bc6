package dev.freshet.model.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.RetriableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AgentRunnerTest {
    private static final Duration MILLI = Duration.ofMillis(1);

    private interface Work {
        int run() throws InterruptedException;
    }

    private final AtomicInteger closed = new AtomicInteger();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private AgentRunner start(Work work) {
        Agent agent = new Agent() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public int doWork() throws InterruptedException {
                return work.run();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        return AgentRunner.start(
                agent,
                InstantSource.system(),
                MILLI,
                MILLI,
                FaultLog.of((message, cause) -> told.add(message), told::add));
    }

    @Test
    void passingFault_isTriedAgain() throws InterruptedException {
        CountDownLatch succeeded = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (AgentRunner runner = start(() -> {
            if (calls.incrementAndGet() < 4) {
                throw new RetriableException("away");
            }
            succeeded.countDown();
            return 0;
        })) {
            assertTrue(succeeded.await(10, TimeUnit.SECONDS));
            assertTrue(runner.isRunning());
        }
        assertEquals(List.of("away"), told);
        assertEquals(1, closed.get());
    }

    @Test
    void otherFailure_endsTheAgent_andIsKept() {
        IllegalStateException failure = new IllegalStateException("broken");
        AgentRunner runner = start(() -> {
            throw failure;
        });
        CompletionException e = assertThrows(
                CompletionException.class,
                () -> runner.ended().orTimeout(10, TimeUnit.SECONDS).join());
        assertSame(failure, e.getCause());
        assertFalse(runner.isRunning());
        assertEquals(1, closed.get());
    }

    @Test
    void agentThatDoesNotComeBack_isInterrupted() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AgentRunner runner = start(() -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return 0;
        });
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        assertTrue(runner.close(Duration.ofMillis(50)) || runner.close(Duration.ofSeconds(10)));
        assertEquals(1, closed.get());
    }
}
