package dev.freshet.cli;

import dev.freshet.model.FreshetException;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.HttpConfig;
import dev.freshet.server.http.StatusClient;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code freshet status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the running server how far, how fresh and how complete everything is.",
            "",
            "It reads only the `http` part of the file and asks there; passwords need not be set. `lag` is log of the "
                    + "source that is not in Kafka yet; `retained` is log that the slot holds back on the source's disk; "
                    + "`fresh` is how long ago the copy was complete; `behind` are records not applied yet."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all that is configured works, and every copy is complete",
            "1:the server answers, but something does not work, or not yet; it is listed",
            "2:mistakes in the file",
            "3:no server answers at the configured address"
        })
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigurationOption configuration = new ConfigurationOption();

    @Option(names = "--json", description = "The whole status as JSON, as /status gives it.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        HttpConfig http = configuration.readHttp();
        Optional<String> answer;
        try {
            answer = StatusClient.ask(http);
        } catch (FreshetException e) {
            return noAnswer(e.getMessage() + ".");
        }
        if (answer.isEmpty()) {
            return noAnswer("No Freshet server answers at " + StatusClient.address(http)
                    + ". Start one with `freshet run -c " + configuration.file()
                    + "`, or check http.host and http.port in " + configuration.file() + ".");
        }
        ServerStatus status = StatusClient.parse(answer.get());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.get());
        } else {
            StatusText.print(status, out);
        }
        out.flush();
        return status.ready() ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private int noAnswer(String why) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(why);
        err.flush();
        return ExitCodes.NO_SERVER;
    }
}
