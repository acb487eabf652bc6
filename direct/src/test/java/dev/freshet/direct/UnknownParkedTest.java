package dev.freshet.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.FreshetException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Kafka that is away from the start, so that it is not known which keys are parked. */
@OnServers
class UnknownParkedTest {
    private World world;

    @BeforeEach
    void open() throws IOException {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            world = new World("127.0.0.1:" + nobody.getLocalPort(), "shop");
        }
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void withoutATable_eventsBeyondTheBoundFail_andSayWhy() throws Exception {
        try (DirectPublisher direct =
                world.publisher().retryFor(Duration.ofMillis(500)).build()) {
            List<CompletionStage<Outcome>> stages = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                stages.add(direct.publish(World.order("a", "" + i)));
            }
            for (CompletionStage<Outcome> stage : stages) {
                Throwable e = World.failure(stage);
                assertTrue(e instanceof FreshetException, e.toString());
                assertTrue(
                        e.getMessage().contains("retryFor(…) is over")
                                && e.getMessage().contains("not known which keys are parked")
                                && e.getMessage().contains(world.letters)
                                && e.getMessage().contains("Publish it again with the same id"),
                        e.getMessage());
            }
            assertEquals(0, direct.status().queuedEvents());
        }
    }

    @Test
    void withATableWhoseDatabaseIsAwayToo_theTriesGetRarer_andTheEventIsKeptInTheEnd(TestDatabase database)
            throws Exception {
        Away table = new Away(World.table(database));
        CompletionStage<Outcome> stage;
        try (DirectPublisher direct = world.publisher()
                .retryFor(Duration.ofMillis(100))
                .undelivered(table.source())
                .build()) {
            table.isAway = true;
            stage = direct.publish(World.order("a", "1"));
            World.until(() -> table.tries.size() >= 9);
            // half of 20 ms, doubled seven times
            assertTrue(
                    table.tries.get(8) - table.tries.get(7)
                            >= Duration.ofMillis(1280).toNanos(),
                    "the eighth wait is of "
                            + Duration.ofNanos(table.tries.get(8) - table.tries.get(7))
                                    .toMillis() + " ms");
            table.isAway = false;
            assertEquals(Outcome.KEPT, World.outcome(stage));
        }
        assertEquals("1", database.text("SELECT count(*) FROM freshet_undelivered"));
    }

    /** A database that can be away; tells when it was tried to keep something meanwhile. */
    private static final class Away {
        private final DataSource real;
        private final List<Long> tries = new CopyOnWriteArrayList<>();
        private volatile boolean isAway;

        Away(DataSource real) {
            this.real = real;
        }

        DataSource source() {
            return (DataSource) Proxy.newProxyInstance(
                    Away.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (isAway) {
                            if (Thread.currentThread().getName().endsWith("-keeper")) {
                                tries.add(System.nanoTime());
                            }
                            throw new SQLException("the connection was refused", "08001");
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }
    }
}
