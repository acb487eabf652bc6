package dev.freshet.bench;

import dev.freshet.bench.suite.Case;
import dev.freshet.bench.suite.Servers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands have in common: servers are started, cases run one after the other, a failed one is reported. */
abstract class BenchCommand implements Callable<Integer> {
    static final int FAILED = 1;
    static final long MAX_ROWS = 100_000_000;
    static final long MAX_RATE = 100_000;
    static final long MAX_SECONDS = 3600;

    @Mixin
    BenchOptions options = new BenchOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** Returns the cases in order. */
    abstract List<Case> cases();

    /** Whether a second PostgreSQL is needed, for copies. */
    abstract boolean copies();

    /** Returns the value of an option if it is from 1 to the limit. */
    final long within(String option, long value, long limit) {
        if (value < 1 || value > limit) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), option + " is " + value + ", but must be from 1 to " + limit);
        }
        return value;
    }

    @Override
    public Integer call() {
        List<Case> chosen = chosen();
        Report report = new Report(System.out, options.json);
        boolean failed = false;
        System.err.println("Starting the servers");
        try (Servers servers = Servers.start(copies())) {
            for (Case next : chosen) {
                failed |= !run(next, servers, report);
            }
        }
        return failed ? FAILED : 0;
    }

    private List<Case> chosen() {
        String only = options.only;
        if (only == null) {
            return cases();
        }
        List<Case> chosen = cases().stream()
                .filter(next -> next.name().contains(only.toLowerCase(Locale.ROOT)))
                .toList();
        if (chosen.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--only " + only + " names no case; there are: "
                            + String.join(", ", cases().stream().map(Case::name).toList()));
        }
        return chosen;
    }

    private static boolean run(Case next, Servers servers, Report report) {
        System.err.println("Running: " + next.name());
        try {
            next.run(servers, report::add);
            return true;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            System.err.println("Failed: " + next.name() + ": " + (e instanceof BenchException ? e.getMessage() : e));
            if (!(e instanceof BenchException)) {
                e.printStackTrace();
            }
            return false;
        }
    }
}
