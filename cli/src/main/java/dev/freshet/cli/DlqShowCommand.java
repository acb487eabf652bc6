package dev.freshet.cli;

import dev.freshet.letters.Choice;
import dev.freshet.letters.Letter;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterReader;
import dev.freshet.server.check.DeadLetterBoxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code freshet dlq show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows a letter: what is at fault, its headers and its content.")
final class DlqShowCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 4_000;

    @ParentCommand
    private @Nullable DlqCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "LETTER", description = "Its place, such as 0-17, or its ce_id.")
    private String letter = "";

    @Option(
            names = "--payload",
            paramLabel = "FILE",
            description = "Write its content into this file, to be changed and given to `edit`.")
    private @Nullable Path payload;

    @Option(
            names = "--json",
            description =
                    "As JSON; the content as text, or in `contentBase64` if it is none, or in the file of --payload.")
    private boolean json;

    @Override
    public Integer call() {
        DlqCommand dlq = Objects.requireNonNull(parent);
        PrintWriter out = spec.commandLine().getOut();
        try (DeadLetterBoxes boxes = dlq.open()) {
            DeadLetterBoxes.Box box = dlq.box(boxes);
            try (LetterReader reader = boxes.read(box)) {
                LetterHead head = Choice.one(reader.waiting(), letter, box.topic());
                reader.read(List.of(head), found -> show(found, out));
            }
        }
        out.flush();
        return ExitCodes.OK;
    }

    private void show(Letter found, PrintWriter out) {
        if (json) {
            out.println(LetterJson.of(found, payload == null));
            if (payload != null) {
                write(payload, Objects.requireNonNullElse(found.value(), new byte[0]));
            }
            return;
        }
        LetterHead head = found.head();
        StatusText.wrap("Letter " + head.place() + ", written at " + head.writtenAt() + ": "
                        + (head.error().isEmpty() ? "no error is told" : head.error() + ". " + head.reason()))
                .forEach(out::println);
        TextTable headers = new TextTable("header", "value");
        for (Letter.Header header : found.headers()) {
            headers.row(header.name(), Objects.requireNonNullElse(found.header(header.name()), ""));
        }
        if (!headers.isEmpty()) {
            headers.linesForOutput().forEach(out::println);
        }
        out.println("Key: " + (head.key() == null ? "none" : head.keyText()));
        byte[] value = Objects.requireNonNullElse(found.value(), new byte[0]);
        if (payload == null) {
            out.println("Content, " + value.length + " bytes: " + shown(value));
            return;
        }
        write(payload, value);
        out.println("Content, " + value.length + " bytes, is in " + payload);
    }

    private static void write(Path file, byte[] value) {
        try {
            Files.write(file, value);
        } catch (IOException e) {
            throw new UncheckedIOException("The content could not be written to " + file + " (--payload)", e);
        }
    }

    private static String shown(byte[] value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            return text.length() <= MOST_SHOWN
                    ? text
                    : text.substring(0, MOST_SHOWN) + "… (--payload FILE has all of it)";
        } catch (CharacterCodingException e) {
            // bytes that are no text
            return "no text (--payload FILE has it)";
        }
    }
}
