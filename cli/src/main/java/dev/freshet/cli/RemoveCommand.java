package dev.freshet.cli;

import dev.freshet.server.check.Removal;
import dev.freshet.server.config.Configuration;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code freshet remove}. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Takes a source, a stream or a replica away, with all that Freshet made for it.",
            "",
            "A replication slot that nobody reads any more holds the source's log back until its disk is full: remove a "
                    + "source here before you forget it. A stream that is removed while it is still in the file is begun "
                    + "anew from its table, which repairs a broken one. A replica's tables stay where they are, unless "
                    + "--drop-tables says otherwise; the schema freshet, in which replicas keep their state, always stays.",
            "",
            "First it shows what it will do, and asks. Stop the servers that have a source or a replica before you remove "
                    + "it; a stream may be removed while they run. An embedded Kafka is that of the server that runs, beside "
                    + "which only a stream is removed; without one it is started for the time of the removal."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:removed, or there was nothing to remove",
            "1:the answer was not the name, or a server did not answer: call it again to do the rest",
            "2:mistakes in the command line or the file, or it is in use"
        })
final class RemoveCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable FreshetCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "source|stream|replica",
            converter = KindConverter.class,
            description = "What kind of thing to remove.")
    private Removal.Kind kind = Removal.Kind.SOURCE;

    @Parameters(index = "1", paramLabel = "NAME", description = "Its name in the file.")
    private String name = "";

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(
            names = "--drop-tables",
            description =
                    "Of a replica, drop the tables that it has filled as well. Without it they stay, without updates, and are "
                            + "filled again only once they are empty.")
    private boolean dropTables;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (dropTables && kind != Removal.Kind.REPLICA) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--drop-tables goes with `remove replica` only: the tables of a source are never touched");
        }
        Configuration config = configuration.read();
        try (Removal removal = Removal.open(config, configuration.dataFolder(), Clock.systemUTC())) {
            List<String> actions = removal.describe(kind, name, dropTables);
            if (actions.isEmpty()) {
                out.println("There is nothing to remove of '" + name + "'.");
                return ExitCodes.OK;
            }
            if (!Question.isConfirmed(out, parent, actions, "It cannot be undone.", name, yes)) {
                out.println("Nothing was removed.");
                out.flush();
                return ExitCodes.FAILED;
            }
            removal.remove(kind, name, dropTables);
            out.println("Done.");
            out.flush();
            return ExitCodes.OK;
        }
    }

    /** Reads a kind of thing and, unlike picocli's own, names them as they are written. */
    static final class KindConverter implements ITypeConverter<Removal.Kind> {
        @Override
        public Removal.Kind convert(String value) {
            for (Removal.Kind kind : Removal.Kind.values()) {
                if (kind.name().equalsIgnoreCase(value)) {
                    return kind;
                }
            }
            throw new TypeConversionException("expected one of source, stream, replica, but was '" + value + "'");
        }
    }
}
