package dev.freshet.cli;

import dev.freshet.server.Server;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.Durations;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code freshet run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Captures and copies what a configuration says, until SIGTERM or Ctrl-C.",
            "",
            "Each source and each replica is kept going on its own: what fails is logged, shown by `freshet status`, and "
                    + "does not stop the rest. Any number of `run` on the same file may be started, on any machines: of a "
                    + "source one leads and the others stand by, the partitions of a replica are shared. Only `bootstrap-servers: "
                    + "embedded` means one `run`: that Kafka is started and ended with it, in the folder .freshet beside the "
                    + "file; several need a Kafka of their own.",
            "",
            "HTTP, at http.host and http.port of the file: /status, /metrics (Prometheus), /health/live, /health/ready."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ended in order",
            "1:it could not start, or did not end within --stop-limit",
            "2:mistakes in the file, or its http.port or .freshet is in use or closed to it"
        })
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(
            names = "--stop-limit",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long an orderly end may take (default: ${DEFAULT-VALUE}).")
    private String stopLimit = "30s";

    @Override
    public Integer call() throws InterruptedException {
        Duration limit = Durations.parse(stopLimit);
        if (limit == null || limit.isZero()) {
            throw new ParameterException(
                    spec.commandLine(), "--stop-limit '" + stopLimit + "' is no duration above zero, such as 30s");
        }
        Configuration config = configuration.read();
        LogSetup.apply(config.log());
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> end(asked, ended, limit), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        long askedAt = 0;
        try (Server server = Server.start(config, configuration.dataFolder(), Clock.systemUTC())) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("freshet runs " + configuration.file() + "; status at http://"
                    + config.http().host() + ":" + server.httpPort() + "/status");
            out.flush();
            asked.await();
            LOG.info("Asked to stop; ending within {}", Durations.format(limit));
            askedAt = System.nanoTime();
        } finally {
            if (askedAt != 0) {
                LOG.info("Ended after {}", Durations.format(Duration.ofNanos(System.nanoTime() - askedAt)));
            }
            ended.countDown();
        }
        return ExitCodes.OK;
    }

    // The JVM ends by itself when the hooks have, with the signal as its status; halting says how it really went.
    private static void end(CountDownLatch asked, CountDownLatch ended, Duration limit) {
        if (ended.getCount() == 0) {
            return;
        }
        asked.countDown();
        try {
            boolean inOrder = ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!inOrder) {
                LOG.error(
                        "Not ended within --stop-limit {}; cut off. Nothing is lost: the next start resumes from"
                                + " what was committed",
                        Durations.format(limit));
            }
            Runtime.getRuntime().halt(inOrder ? ExitCodes.OK : ExitCodes.FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
