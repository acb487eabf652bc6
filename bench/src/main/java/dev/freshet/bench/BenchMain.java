package dev.freshet.bench;

import dev.freshet.bench.suite.Case;
import dev.freshet.bench.suite.FootprintSuite;
import dev.freshet.bench.suite.LatencySuite;
import dev.freshet.bench.suite.OutboxSuite;
import dev.freshet.bench.suite.RelaySuite;
import dev.freshet.bench.suite.ReplicaSuite;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code freshet bench}. Its exit codes: 0 measured, 1 a case failed or was wrong, 2 wrong usage. */
@Command(
        name = "freshet bench",
        sortOptions = false,
        description = {
            "Measures Freshet beside what the servers allow and what others do, in one run.",
            "Starts its own Kafka and PostgreSQL (fsync on); each contender has a JVM of its own, all with the"
                    + " same options but for the heap. Cold: a fresh JVM; warm: the same JVM has done the same work once before."
                    + " Nothing else should use the machine."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:measured", "1:a case failed, or its result was wrong", "2:wrong usage"},
        subcommands = {
            BenchMain.Relay.class,
            BenchMain.Replica.class,
            BenchMain.Latency.class,
            BenchMain.Outbox.class,
            BenchMain.Footprint.class
        })
public final class BenchMain {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    private BenchMain() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        // quiet, and away from standard output, which belongs to the results
        System.setProperty("logback.configurationFile", "dev/freshet/bench/logback.xml");
        System.exit(new CommandLine(new BenchMain()).execute(args));
    }

    @Command(
            name = "relay",
            description = {
                "From a table or its log to a topic.",
                "Cases: one-row backlog (each row a transaction), large transaction (all rows in one), snapshot (the"
                        + " table's content)."
            })
    static final class Relay extends BenchCommand {
        @Option(
                names = "--rows",
                paramLabel = "N",
                defaultValue = "300000",
                description = "Rows of about 200 bytes in each case. Default: ${DEFAULT-VALUE}.")
        long rows;

        @Override
        List<Case> cases() {
            return RelaySuite.cases(within("--rows", rows, MAX_ROWS));
        }

        @Override
        boolean copies() {
            return false;
        }
    }

    @Command(
            name = "replica",
            description = {
                "The whole way, from a table to its copy in another PostgreSQL.",
                "Cases: first fill, catch-up one-row (each row a transaction, written while the copy stood still),"
                        + " catch-up large transaction (all rows in one), per-transaction one-row (what consistency"
                        + " per-transaction costs beside per-key)."
            })
    static final class Replica extends BenchCommand {
        @Option(
                names = "--rows",
                paramLabel = "N",
                defaultValue = "300000",
                description = "Rows of about 200 bytes in each case. Default: ${DEFAULT-VALUE}.")
        long rows;

        @Override
        List<Case> cases() {
            return ReplicaSuite.cases(within("--rows", rows, MAX_ROWS));
        }

        @Override
        boolean copies() {
            return true;
        }
    }

    @Command(
            name = "latency",
            description = {
                "How long after its commit a row is there, at a steady rate of one-row transactions.",
                "Cases: commit to consumer (of the topic), commit to copy (visible in another PostgreSQL). The"
                        + " first 30 s are not counted, nor is a first turn of Freshet that warms the servers up."
            })
    static final class Latency extends BenchCommand {
        @Option(
                names = "--rate",
                paramLabel = "N",
                defaultValue = "500",
                description = "Transactions a second. Default: ${DEFAULT-VALUE}.")
        int rate;

        @Option(
                names = "--for",
                paramLabel = "SECONDS",
                defaultValue = "20",
                converter = Seconds.class,
                description = "How long each contender is measured, as in 20 or 20s. Default: ${DEFAULT-VALUE}.")
        Duration length = Duration.ZERO;

        @Override
        List<Case> cases() {
            within("--for", length.toSeconds(), MAX_SECONDS);
            return LatencySuite.cases((int) within("--rate", rate, MAX_RATE), length);
        }

        @Override
        boolean copies() {
            return true;
        }
    }

    @Command(
            name = "outbox",
            description = {
                "From a service's transaction to a topic of events, payloads of JSON of about 200 bytes.",
                "Cases: commit (what an outbox row, or a message in the log, costs the transaction, at 8 clients), drain, one"
                        + " event a transaction and drain, many a transaction (a backlog to its topic), latency (commit"
                        + " to consumer, at a steady rate), flat (the table's size and the rates after 5,000,000"
                        + " events have passed)."
            })
    static final class Outbox extends BenchCommand {
        @Option(
                names = "--rows",
                paramLabel = "N",
                defaultValue = "300000",
                description = "Events of a backlog; the other cases scale with it. Default: ${DEFAULT-VALUE}.")
        long rows;

        @Option(
                names = "--rate",
                paramLabel = "N",
                defaultValue = "500",
                description = "Events a second in the case latency. Default: ${DEFAULT-VALUE}.")
        int rate;

        @Override
        List<Case> cases() {
            return OutboxSuite.cases(within("--rows", rows, MAX_ROWS), (int) within("--rate", rate, MAX_RATE));
        }

        @Override
        boolean copies() {
            return false;
        }
    }

    @Command(
            name = "footprint",
            description = {
                "Memory and threads of one process that does the whole way for one table, Freshet's as `freshet run` starts it.",
                "Idle: nothing written for --idle. Busy: the most while rows are written, each a transaction, as fast as"
                        + " their source takes them, until they are in the copy. Reads /proc, so on Linux only."
            })
    static final class Footprint extends BenchCommand {
        @Option(
                names = "--rows",
                paramLabel = "N",
                defaultValue = "300000",
                description = "Rows of about 200 bytes. Default: ${DEFAULT-VALUE}.")
        long rows;

        @Option(
                names = "--idle",
                paramLabel = "SECONDS",
                defaultValue = "10",
                converter = Seconds.class,
                description = "How long nothing is written, as in 10 or 10s. Default: ${DEFAULT-VALUE}.")
        Duration idle = Duration.ZERO;

        @Override
        List<Case> cases() {
            within("--idle", idle.toSeconds(), MAX_SECONDS);
            return FootprintSuite.cases(within("--rows", rows, MAX_ROWS), idle);
        }

        @Override
        boolean copies() {
            return true;
        }
    }

    /** Reads {@code 20} and {@code 20s}. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            String number = value.endsWith("s") ? value.substring(0, value.length() - 1) : value;
            try {
                return Duration.ofSeconds(Long.parseLong(number));
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is no number of seconds, such as 20 or 20s");
            }
        }
    }
}
