package dev.freshet.cli;

import dev.freshet.examples.demo.Demo;
import dev.freshet.examples.demo.DemoOptions;
import dev.freshet.examples.shop.PublishWay;
import dev.freshet.server.config.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "A shop, live copies of its tables, and the proof. Needs nothing but this machine.",
            "",
            "Starts a real Kafka and a real PostgreSQL as child processes, loads a shop with TPC-H data, and lets a shop "
                    + "service write orders with their lines, change and cancel them, with a few customers and orders much "
                    + "busier than the rest. It publishes an event for each order that is placed or cancelled, in the same "
                    + "transaction. A shipping service answers from copies in its own database, and keeps the events there. "
                    + "At the end the copies are compared with their sources row by row, and the events with those that the "
                    + "shop's database has committed."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:source and copies were the same, and the events had come as their way promises",
            "1:they differed, or the copies did not catch up, or events were lost, doubled or out of order, or a part failed",
            "2:mistakes in the command line"
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration END_LIMIT = Duration.ofMinutes(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description =
                    "How long to run, such as 30s, counted from when the copies are complete for the first time (or two "
                            + "minutes after the start, if they are not); then source and copies are compared. Without "
                            + "it, until Ctrl-C.")
    private @Nullable String runFor;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "0.1",
            description = "TPC-H's scale (default: ${DEFAULT-VALUE}: 150,000 orders, 600,000 lines).")
    private double scale;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "500",
            description = "Transactions a second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Keep everything in this folder, and go on there next time (default: a temporary one).")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Where the status is served (default: a free port).")
    private int port;

    @Option(
            names = "--kill",
            description =
                    "Meanwhile kill -9 one process after the other, Freshet, Kafka and the database, and start it again; "
                            + "tells how long the copies needed to be complete again.")
    private boolean kill;

    @Option(
            names = "--publish",
            paramLabel = "WAY",
            defaultValue = "outbox",
            description =
                    "How the shop publishes its events (default: ${DEFAULT-VALUE}): outbox (a row of a table, found in the "
                            + "database's log), wal-message (in the log alone), polling (a row, found by looking into the table), or "
                            + "direct (by the shop itself after the commit, at least once).")
    private String publish = "";

    @Override
    public Integer call() throws Exception {
        DemoOptions options = options();
        LogSetup.leaveOutRetriedBatches();
        if (kill) {
            LogSetup.expectKills();
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        int[] code = {ExitCodes.FAILED};
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, ended, code), "stop"));
        try {
            code[0] = Demo.run(options, spec.commandLine().getOut(), stop) ? ExitCodes.OK : ExitCodes.FAILED;
        } finally {
            ended.countDown();
        }
        return code[0];
    }

    private static void end(CountDownLatch stop, CountDownLatch ended, int[] code) {
        if (ended.getCount() == 0) {
            return;
        }
        stop.countDown();
        try {
            boolean inOrder = ended.await(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
            Runtime.getRuntime().halt(inOrder ? code[0] : ExitCodes.FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private PublishWay way() {
        try {
            return PublishWay.of(publish);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--publish: " + e.getMessage(), e);
        }
    }

    private DemoOptions options() {
        Duration time = runFor == null ? null : Durations.parse(runFor);
        if (runFor != null && time == null) {
            throw new ParameterException(
                    spec.commandLine(), "--for '" + runFor + "' is no duration; write 30s, 5m or 1h");
        }
        try {
            return new DemoOptions(time, scale, rate, data, port, kill, way());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
