package dev.freshet.cli;

import dev.freshet.server.check.DeadLetterBoxes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code freshet dlq}. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Lists dead letters, and deals with them.",
            "",
            "An event that cannot be sent, and a record that a replica's table refuses, is kept as a dead letter, with what is at "
                    + "fault. Behind an event that cannot be sent, later ones of its key wait as letters too, so that `redrive` "
                    + "keeps the order. A letter is named by its place in its topic, such as 0-17, or by its ce_id.",
            "",
            "While letters of a source are dealt with, its relay stands by for some seconds."
        },
        subcommands = {
            DlqListCommand.class,
            DlqShowCommand.class,
            DlqEditCommand.class,
            DlqDealCommand.Redrive.class,
            DlqDealCommand.Discard.class
        })
final class DlqCommand implements Runnable {
    @ParentCommand
    private @Nullable FreshetCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "freshet.yaml",
            scope = ScopeType.INHERIT,
            description = "The configuration (default: ${DEFAULT-VALUE} in the current folder).")
    private Path file = Path.of("freshet.yaml");

    @Option(
            names = "--of",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The source or replica whose letters are meant; needed where the file has several.")
    private @Nullable String of;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            scope = ScopeType.INHERIT,
            description =
                    "A topic of letters that the file does not know, such as that of who publishes without a relay.")
    private @Nullable String topic;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    @Nullable
    FreshetCommand parent() {
        return parent;
    }

    DeadLetterBoxes open() {
        ConfigurationOption configuration = new ConfigurationOption(file);
        return DeadLetterBoxes.open(configuration.read(), configuration.dataFolder(), Clock.systemUTC());
    }

    /** Returns the box that is named, or the only one. */
    DeadLetterBoxes.Box box(DeadLetterBoxes boxes) {
        if (of != null && topic != null) {
            throw new ParameterException(spec.commandLine(), "--of and --topic exclude each other");
        }
        return topic == null ? boxes.one(of) : boxes.ofTopic(topic);
    }

    /** Returns the box that is named, or all. */
    List<DeadLetterBoxes.Box> boxes(DeadLetterBoxes boxes) {
        return of == null && topic == null ? boxes.all() : List.of(box(boxes));
    }
}
