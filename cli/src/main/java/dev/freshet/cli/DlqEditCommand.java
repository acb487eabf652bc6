package dev.freshet.cli;

import dev.freshet.letters.LetterChange;
import dev.freshet.server.check.DeadLetterBoxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code freshet dlq edit}. */
@Command(
        name = "edit",
        mixinStandardHelpOptions = true,
        description = "Puts a changed letter in the place of one, with the same ce_id; it is sent by `redrive` only.")
final class DlqEditCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable DlqCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "LETTER", description = "Its place, such as 0-17, or its ce_id.")
    private String letter = "";

    @Option(names = "--payload", paramLabel = "FILE", description = "Its new content.")
    private @Nullable Path payload;

    @Option(names = "--content-type", paramLabel = "TYPE", description = "The content's media type.")
    private @Nullable String contentType;

    @Option(names = "--stream", paramLabel = "NAME", description = "The stream that it is for.")
    private @Nullable String stream;

    @Option(names = "--key", paramLabel = "KEY", description = "Its key.")
    private @Nullable String key;

    @Option(names = "--type", paramLabel = "TYPE", description = "Its event type.")
    private @Nullable String type;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header that it gets; may be repeated.")
    private Map<String, String> headers = Map.of();

    @Override
    public Integer call() throws IOException {
        DlqCommand dlq = Objects.requireNonNull(parent);
        PrintWriter out = spec.commandLine().getOut();
        LetterChange change = new LetterChange(
                Optional.ofNullable(stream),
                Optional.ofNullable(key),
                Optional.ofNullable(type),
                payload == null ? Optional.empty() : Optional.of(read(payload)),
                Optional.ofNullable(contentType),
                headers);
        if (change.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Say what is to be changed: --payload, --content-type, --stream, --key, --type or --header");
        }
        try (DeadLetterBoxes boxes = dlq.open()) {
            DeadLetterBoxes.Box box = dlq.box(boxes);
            box.letters().replace(letter, change);
        }
        out.println("Done: `freshet dlq ls` shows the letter in its new place; `freshet dlq redrive` sends it.");
        out.flush();
        return ExitCodes.OK;
    }

    private byte[] read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new ParameterException(spec.commandLine(), "There is no file '" + file + "' to read (--payload)");
        }
        return Files.readAllBytes(file);
    }
}
