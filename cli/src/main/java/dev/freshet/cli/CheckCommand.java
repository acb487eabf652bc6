package dev.freshet.cli;

import dev.freshet.server.check.ServersCheck;
import dev.freshet.server.check.StreamsCheck;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.InvalidConfigurationException;
import dev.freshet.server.config.Mistake;
import dev.freshet.server.run.OwnKafka;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
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
                    + "databases' settings, rights, tables and keys. An embedded Kafka is that of the server that runs; without one it "
                    + "is not asked. Shows every name that is derived.",
            "",
            "A stream that is broken, or no longer in the file, is told as a note: `run` starts nevertheless, but copies of it "
                    + "are not complete until it is mended."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing stands in the way of `run`; there may be notes", "2:mistakes; all of them are listed"
        })
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
        out.flush();
        Configuration reached = offline ? c : OwnKafka.running(c, configuration.dataFolder());
        if (!offline) {
            List<Mistake> mistakes = ServersCheck.check(reached, Clock.systemUTC());
            if (!mistakes.isEmpty()) {
                throw new InvalidConfigurationException(
                        "What " + configuration.file() + " needs is not all there; it", mistakes);
            }
        }
        List<String> notes = offline ? List.of() : StreamsCheck.check(reached);
        out.println(configuration.file() + " is in order" + asked(reached) + (notes.isEmpty() ? "." : ". But:"));
        notes.forEach(n -> StatusText.wrap("- " + n).forEach(out::println));
        out.flush();
        return ExitCodes.OK;
    }

    private String asked(Configuration c) {
        if (offline) {
            return " (no server was asked)";
        }
        return c.kafka().embedded()
                ? ", and the databases have what it needs (its Kafka does not run in " + configuration.dataFolder()
                        + " and was not asked)"
                : ", and its servers have what it needs";
    }
}
