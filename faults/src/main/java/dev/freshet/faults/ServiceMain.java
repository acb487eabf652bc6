package dev.freshet.faults;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.model.RetriableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A service that publishes events in every way at once, in a process of its own, until its standard input ends: then it sends what
 * is left and ends with status 0.
 */
final class ServiceMain {
    /** So few that a Kafka that is away for seconds fills it, and events are kept in the table. */
    private static final int CAPACITY_EVENTS = 60;

    private static final long CAPACITY_BYTES = 16L << 20;
    private static final int PARKED_LIMIT = 1_000_000;
    private static final Duration BLOCK_FOR = Duration.ofMillis(500);
    private static final long LOOK_MILLIS = 50;
    private static final int LOOPS_OF_A_WAY = 2;

    private final ServiceSettings settings;
    private final int life;
    private final Steps steps;

    private ServiceMain(ServiceSettings settings, int life) {
        this.settings = settings;
        this.life = life;
        this.steps = Steps.of(settings.seed(), life);
    }

    /** Runs the service: with the file of its settings, and which process it is, from 1. */
    public static void main(String[] args) throws Exception {
        new ServiceMain(ServiceSettings.read(Path.of(args[0])), Integer.parseInt(args[1])).run();
        System.exit(0);
    }

    private void run() throws IOException, SQLException, InterruptedException {
        DirectAnswers answers = new DirectAnswers(settings, steps);
        try (DirectPublisher direct = direct()) {
            List<SqlLoop> loops = loops(direct, answers);
            List<Thread> threads = loops.stream().map(ServiceMain::start).toList();
            Thread writing = start(answers);
            while (System.in.read() >= 0) {
                // nobody writes to it
            }
            loops.forEach(SqlLoop::stop);
            for (Thread thread : threads) {
                thread.join();
            }
            while (answers.open() > 0 || isAnyKept()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            answers.stop();
            writing.join();
        }
    }

    private DirectPublisher direct() throws InterruptedException {
        while (true) {
            try {
                return DirectPublisher.builder(settings.kafka()).source(FaultSettings.DIRECT).stream(
                                FaultSettings.stream(Way.DIRECT), FaultSettings.topic(Way.DIRECT))
                        .undelivered(settings.undelivered())
                        .capacity(CAPACITY_EVENTS, CAPACITY_BYTES)
                        .blockFor(BLOCK_FOR)
                        .parkedLimit(PARKED_LIMIT)
                        .build();
            } catch (RetriableException e) {
                // the database is away: a service waits for it
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    private List<SqlLoop> loops(DirectPublisher direct, DirectAnswers answers) {
        List<SqlLoop> loops = new ArrayList<>();
        long seed = settings.seed() + life * 1_000L;
        for (Way way : List.of(Way.TABLE, Way.LOG, Way.POLLED)) {
            for (int i = 0; i < LOOPS_OF_A_WAY; i++) {
                loops.add(new OutboxLoop(way, settings, steps, life, seed + loops.size()));
            }
        }
        loops.add(new DirectLoop(settings, direct, answers, steps, life, seed + loops.size()));
        return loops;
    }

    /** Starts a loop; one that fails ends the process, which the run takes for its own failure. */
    private static Thread start(SqlLoop loop) {
        Thread thread = new Thread(
                () -> {
                    loop.run();
                    RuntimeException failure = loop.failure();
                    if (failure != null) {
                        failure.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                },
                loop.getClass().getSimpleName());
        thread.start();
        return thread;
    }

    private boolean isAnyKept() {
        try (Connection c = settings.connect(Way.DIRECT)) {
            return !Comparison.rows(c, "SELECT 1 FROM freshet_undelivered LIMIT 1")
                    .isEmpty();
        } catch (SQLException e) {
            Away.require(e);
            return true;
        }
    }
}
