package dev.freshet.cli;

import dev.freshet.model.FreshetException;
import java.io.InputStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code freshet}. */
@Command(
        name = "freshet",
        mixinStandardHelpOptions = true,
        versionProvider = FreshetVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Keeps a service's copy of another service's tables complete, fresh and provably right.",
            "",
            "A configuration file names sources (databases), streams (tables as Kafka topics) and replicas "
                    + "(copies in your own database). Write one, `check` it, `run` it, and ask for its `status`."
        },
        footerHeading = "%nFirst steps:%n",
        footer = {
            "  freshet demo --for 30s           a shop, live copies of its tables, and the proof",
            "  freshet check -c freshet.yaml    all mistakes of the file, or all its servers lack",
            "  freshet run -c freshet.yaml      capture and copy until SIGTERM or Ctrl-C",
            "  freshet status -c freshet.yaml   how far, how fresh, how complete",
            "",
            "Every setting: docs/reference/configuration.md",
            "In a clone, `freshet bench --help` tells of the measurements,",
            "`freshet soak --help` of faults under load."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it failed, or what was looked at does not work",
            "2:mistakes in the command line or the configuration; nothing was done",
            "3:no server answers at the configured address"
        },
        subcommands = {
            CheckCommand.class,
            RunCommand.class,
            StatusCommand.class,
            ResnapshotCommand.class,
            DlqCommand.class,
            RemoveCommand.class,
            DemoCommand.class,
            HelpCommand.class
        })
public final class FreshetCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final InputStream in;

    private FreshetCommand(InputStream in) {
        this.in = in;
    }

    /** Returns where answers to questions are read from. */
    InputStream in() {
        return in;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /**
     * Returns the command line, ready to be executed.
     *
     * @param in where answers to questions are read from
     */
    public static CommandLine commandLine(InputStream in) {
        CommandLine line = new CommandLine(new FreshetCommand(in));
        line.setUsageHelpWidth(100);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        IParameterExceptionHandler usual = line.getParameterExceptionHandler();
        line.setParameterExceptionHandler((e, args) -> {
            CommandLine command = e.getCommandLine();
            if (command.getParent() == null) {
                return usual.handleParseException(e, args);
            }
            String file = fileWithoutOption(e);
            String name = command.getCommandSpec().qualifiedName();
            PrintWriter err = command.getErr();
            if (file != null) {
                err.println("A file is named with -c; did you mean '" + name + " -c " + file + "'?");
            } else {
                err.println(e.getMessage());
                UnmatchedArgumentException.printSuggestions(e, err);
                err.println("Its options: " + name + " --help");
            }
            err.flush();
            return ExitCodes.MISTAKES;
        });
        line.registerConverter(Long.class, FreshetCommand::wholeNumber);
        line.setExecutionExceptionHandler((e, command, result) -> failed(e, command.getErr()));
        return line;
    }

    private static Long wholeNumber(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    /** Returns what stands where nothing may and is a configuration file by its name; null if there is no such thing. */
    private static @Nullable String fileWithoutOption(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)
                || e.getCommandLine().getCommandSpec().findOption("-c") == null) {
            return null;
        }
        return unmatched.getUnmatched().stream()
                .filter(a -> !a.startsWith("-") && a.matches("(?i).+\\.(ya?ml|json)"))
                .findFirst()
                .orElse(null);
    }

    private static int failed(Exception e, PrintWriter err) {
        if (e instanceof dev.freshet.model.ConfigurationException) {
            err.println(e.getMessage());
            return ExitCodes.MISTAKES;
        }
        if (e instanceof FreshetException) {
            err.println(e.getMessage());
        } else {
            err.println("freshet failed in a way that it does not know; please report this:");
            e.printStackTrace(err);
        }
        err.flush();
        return ExitCodes.FAILED;
    }

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(System.in).execute(args));
    }
}
