package dev.freshet.cli;

import dev.freshet.server.config.Configuration;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a configuration and changes nothing.",
            "",
            "Tells every mistake in the file at once: where it is, what stands there, what is allowed. Then asks the "
                    + "servers that it names whether they have what Freshet needs: Kafka's version and topics, the "
                    + "databases' settings, rights, tables and keys. Shows every name that is derived."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing stands in the way of `run`", "2:mistakes; all of them are listed"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(names = "--offline", description = "Only read the file; do not ask any server.")
    private boolean offline;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Configuration c = configuration.read();
        DerivedNames.print(c, out);
        out.println();
        out.println(configuration.file() + " is in order" + (offline ? " (no server was asked)." : "."));
        out.flush();
        return ExitCodes.OK;
    }
}
