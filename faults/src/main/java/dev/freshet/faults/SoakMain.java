package dev.freshet.faults;

import dev.freshet.embedded.Folders;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code freshet soak}. */
@Command(
        name = "freshet soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Faults under load, for long, and the proof that nothing was lost, doubled, reordered, torn or claimed falsely.",
            "",
            "Starts two relays, two instances of two replicas, a service that publishes events, a Kafka and two PostgreSQL servers"
                    + " as child processes, with a network of its own between them, and lets two writers insert, update, delete"
                    + " and change keys, and a third one move amounts between two tables. Meanwhile"
                    + " processes are killed with kill -9 or frozen until others have taken over, and the network is stalled, cut"
                    + " or half opened, a fault about every 1.6 s. Triggers in the copies' database count every effect; copies"
                    + " that claim to be complete are compared with their source at once, all rows at the end. A reader of the"
                    + " copies of whole transactions looks all the time whether the amounts' sum is what it was.",
            "",
            "The service publishes by the outbox table, by messages in the log, by an outbox table that is polled, and straight"
                    + " to Kafka; it rolls back, and publishes twice, and dies between two steps as well. What it has committed is"
                    + " compared with the topics and the dead letters: 0 lost, and doubled only what goes straight to Kafka. A few"
                    + " keys have events that are too large for their topic; those are dead letters, and hold up no other key.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing was lost, doubled, reordered, torn or claimed falsely",
            "1:something was, or too little was read to tell, or the copies did not catch up, or the run itself failed",
            "2:mistakes in the command line"
        })
public final class SoakMain implements Callable<Integer> {
    private static final Duration CATCH_UP = Duration.ofMinutes(5);

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "30m",
            converter = Time.class,
            description = "How long there are faults, as in 90s, 30m or 8h. Default: ${DEFAULT-VALUE}.")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--away",
            paramLabel = "TIME",
            converter = Time.class,
            description =
                    "For how long Kafka is away once, beside the other faults: best longer than all time-outs, as in 150s."
                            + " Default: not at all.")
    private @Nullable Duration away;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Repeats the faults and writes of a run that printed it. Default: another one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--json",
            description = "Print only the result, as one JSON object; the progress goes to standard error.")
    private boolean json;

    private SoakMain() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SoakMain()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        long used = seed == null ? System.nanoTime() : seed;
        Path folder = Files.createTempDirectory("freshet-soak");
        PrintStream progress = json ? System.err : System.out;
        progress.println("Seed " + used + "; logs and data are in " + folder);
        boolean good = false;
        try (FaultRun run = FaultRun.start(used, folder, progress::println)) {
            FaultReport report = run.run(time, away == null ? Duration.ZERO : away, CATCH_UP);
            if (json) {
                report.findings().forEach(System.err::println);
                System.out.println(report.json());
            } else {
                report.lines().forEach(System.out::println);
            }
            good = report.good();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            System.err.println("The run failed under seed " + used + ": " + e);
        }
        if (good) {
            Folders.delete(folder);
        } else {
            progress.println("Logs and data are kept in " + folder);
        }
        return good ? 0 : 1;
    }

    /** Reads {@code 90s}, {@code 30m} and {@code 8h}. */
    static final class Time implements ITypeConverter<Duration> {
        private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})([smh])");

        @Override
        public Duration convert(String value) {
            Matcher m = TEXT.matcher(value);
            if (!m.matches()) {
                throw new TypeConversionException("'" + value + "' is no duration; write 90s, 30m or 8h");
            }
            return Duration.parse("PT" + m.group(1) + m.group(2).toUpperCase(java.util.Locale.ROOT));
        }
    }
}
