package dev.freshet.bench;

import dev.freshet.bench.suite.Case;
import dev.freshet.bench.suite.RelaySuite;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code freshet bench}. Its exit codes: 0 measured, 1 a case failed or was wrong, 2 wrong usage. */
@Command(
        name = "freshet bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Freshet beside what the servers allow and what others do, in one run.",
            "Starts its own Kafka and PostgreSQL (fsync on); each contender has a JVM of its own. Cold: a fresh JVM;"
                    + " warm: the same JVM has done the same work once before. Nothing else should use the machine."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:measured", "1:a case failed, or its result was wrong", "2:wrong usage"},
        subcommands = {BenchMain.Relay.class})
public final class BenchMain {
    private BenchMain() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        // quiet, and away from standard output, which belongs to the results
        System.setProperty("logback.configurationFile", "dev/freshet/bench/logback.xml");
        System.exit(new CommandLine(new BenchMain()).execute(args));
    }

    @Command(
            name = "relay",
            mixinStandardHelpOptions = true,
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
            return RelaySuite.cases(rows);
        }

        @Override
        boolean copies() {
            return false;
        }
    }
}
