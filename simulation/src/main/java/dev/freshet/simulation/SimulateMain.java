package dev.freshet.simulation;

import dev.freshet.model.json.JsonWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code freshet simulate}. Its exit codes: 0 nothing broke, 1 a schedule broke an invariant, 2 wrong usage. */
@Command(
        name = "freshet simulate",
        sortOptions = false,
        description = {
            "Runs the protocol's model: the real agents of two relays and of two instances of a replica, per-key in half of the"
                    + " schedules and per-transaction in the others, over a simulated source, cluster and database, through schedules of kills, pauses, lost acknowledgements,"
                    + " compaction, and assignments that change. In a third of them the source publishes events, and dead letters are"
                    + " sent again or given up; in a sixth two relays poll an outbox table, of a database that is restarted and set back. After every step the invariants are checked.",
            "Needs no servers. A seed always gives the same schedule. The first one that breaks an invariant is made as"
                    + " short as it can be, and printed."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:nothing broke", "1:a schedule broke an invariant", "2:wrong usage"})
public final class SimulateMain implements Callable<Integer> {
    private static final int BROKEN = 1;

    @Option(names = "--seed", paramLabel = "S", description = "Run the schedule of this seed alone.")
    @Nullable
    Long seed;

    @Option(
            names = "--schedule",
            paramLabel = "STEPS",
            description = "Run this schedule alone, written as a failing one is printed.")
    @Nullable
    String schedule;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Time.class,
            description = "Run schedules of new seeds for so long, as in 30s or 10m. Default: 1m.")
    Duration length = Duration.ofMinutes(1);

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;

    @Spec
    CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private final PrintStream out = System.out;

    private SimulateMain() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SimulateMain()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Campaign.Result result = result();
        Trial failed = result.failed();
        if (json) {
            out.println(asJson(result));
        } else {
            out.println(result.schedules()
                    + (result.schedules() == 1 ? " schedule of seed " : " schedules of the seeds from ")
                    + result.firstSeed() + ", "
                    + result.perMinute() + " a minute; " + result.steps() + " steps; checked: "
                    + result.boundaries() + " boundaries of topics, " + result.claims() + " claims and "
                    + result.moves() + " moves of a copy, " + result.events() + " records of events");
            if (failed == null) {
                out.println("Every invariant held.");
            } else {
                out.println("Broken by seed " + failed.seed() + ": " + failed.failure());
                out.println("The shortest schedule that breaks it ("
                        + failed.schedule().decisions().size() + " steps; run it with --schedule):");
                out.println(failed.schedule());
            }
        }
        return failed == null ? 0 : BROKEN;
    }

    private Campaign.Result result() throws InterruptedException {
        Long one = seed;
        String steps = schedule;
        if (steps != null) {
            long began = System.nanoTime();
            Trial trial = Trial.run(one == null ? 0 : one, parsed(steps), Rules.all());
            return new Campaign.Result(
                    trial.seed(),
                    1,
                    trial.steps(),
                    trial.claims(),
                    trial.boundaries(),
                    trial.moves(),
                    trial.events(),
                    Duration.ofNanos(System.nanoTime() - began),
                    trial.failure() == null ? null : trial);
        }
        return one == null
                ? new Campaign(ThreadLocalRandom.current().nextLong(1L << 40), Long.MAX_VALUE, length, Rules.all())
                        .run()
                : new Campaign(one, 1, Duration.ofDays(1), Rules.all()).run();
    }

    private Schedule parsed(String steps) {
        try {
            return Schedule.parse(steps);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--schedule: " + e.getMessage());
        }
    }

    private static String asJson(Campaign.Result result) {
        JsonWriter w = new JsonWriter()
                .beginObject()
                .name("schedules")
                .number(result.schedules())
                .name("firstSeed")
                .number(result.firstSeed())
                .name("perMinute")
                .number(result.perMinute())
                .name("steps")
                .number(result.steps())
                .name("claims")
                .number(result.claims())
                .name("boundaries")
                .number(result.boundaries())
                .name("moves")
                .number(result.moves())
                .name("events")
                .number(result.events());
        Trial failed = result.failed();
        if (failed != null) {
            w.name("failed")
                    .beginObject()
                    .name("seed")
                    .number(failed.seed())
                    .name("failure")
                    .string(String.valueOf(failed.failure()))
                    .name("schedule")
                    .string(failed.schedule().toString())
                    .endObject();
        }
        return new String(w.endObject().toBytes(), StandardCharsets.UTF_8);
    }

    /** Reads {@code 30s} and {@code 10m}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                Duration time = Duration.parse("PT" + value);
                if (!time.isNegative() && !time.isZero()) {
                    return time;
                }
            } catch (java.time.format.DateTimeParseException e) {
                throw new TypeConversionException("'" + value + "' is no time, such as 30s or 10m");
            }
            throw new TypeConversionException("'" + value + "' must be above zero");
        }
    }
}
