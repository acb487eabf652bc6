package dev.freshet.cli;

import dev.freshet.relay.RelayResnapshot.Options;
import dev.freshet.server.check.Resnapshot;
import dev.freshet.server.config.Configuration;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code freshet resnapshot}. */
@Command(
        name = "resnapshot",
        mixinStandardHelpOptions = true,
        description = {
            "Has a table's rows read anew into the topic that they have, which repairs a broken stream.",
            "",
            "Changes flow on meanwhile. Keys that the table does not have any more are published as deleted at the end, and "
                    + "copies are not complete until then. Only a stream whose topic itself is at fault gets a new one, which "
                    + "its copies are filled from anew.",
            "",
            "With --source, all streams of a source are read anew. After a loss (the slot is gone, the server is a restored "
                    + "backup, or a stand-by promoted behind what is published) this says that the server is the right one, and "
                    + "the source begins anew with a new slot.",
            "",
            "First it shows what it will do, and asks. It may be run while servers run; without one, the next that is "
                    + "started does it. A server whose source has ended with a loss notices within half a minute. `freshet "
                    + "status` tells how far it is. With --pause, --resume, or --max-rows-per-second while it is under way, it "
                    + "goes on otherwise from where it is; of a source, what is under way. Without them it begins again, "
                    + "paused or not."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the ledger says so now",
            "1:the answer was not the name, a server did not answer, a relay took over meanwhile, or what it would do is no "
                    + "longer what it showed: call it again",
            "2:mistakes in the command line or the file, or it cannot be done; nothing was changed"
        })
final class ResnapshotCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable FreshetCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "STREAM", description = "The stream's name in the file.")
    private @Nullable String stream;

    @Option(names = "--source", paramLabel = "NAME", description = "A source, with all its streams.")
    private @Nullable String source;

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(
            names = "--max-rows-per-second",
            paramLabel = "N",
            description =
                    "How many rows a second are read of each at most, until it is done; 0 for what the file says.")
    private @Nullable Long maxRowsPerSecond;

    @Option(names = "--pause", description = "Pause what is under way, until --resume.")
    private boolean pause;

    @Option(names = "--resume", description = "Let it go on from where it was paused.")
    private boolean resume;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        Options options = options();
        PrintWriter out = spec.commandLine().getOut();
        Configuration config = configuration.read();
        try (Resnapshot command = Resnapshot.open(config, configuration.dataFolder(), Clock.systemUTC())) {
            String name = stream == null ? String.valueOf(source) : stream;
            Resnapshot.Planned plan =
                    stream == null ? command.ofSource(name, options) : command.ofStream(name, options);
            if (!Question.isConfirmed(out, parent, plan.actions(), "Large tables take a while.", name, yes)) {
                out.println("Nothing was changed.");
                out.flush();
                return ExitCodes.FAILED;
            }
            plan.carryOut();
            out.println("Done: the ledger says so, and the relay does it.");
            out.flush();
            return ExitCodes.OK;
        }
    }

    private Options options() {
        if ((stream == null) == (source == null)) {
            throw mistake("Name either a STREAM or a source with --source");
        }
        if (pause && resume) {
            throw mistake("--pause and --resume exclude each other");
        }
        if (maxRowsPerSecond != null && maxRowsPerSecond < 0) {
            throw mistake("--max-rows-per-second must be 0 or more, but is " + maxRowsPerSecond);
        }
        return new Options(maxRowsPerSecond, (pause || resume) ? pause : null);
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
