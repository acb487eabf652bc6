package dev.freshet.cli;

import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterReader;
import dev.freshet.letters.NoLettersException;
import dev.freshet.server.check.DeadLetterBoxes;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code freshet dlq ls}. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the letters that wait, those first that came first.")
final class DlqListCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable DlqCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private LetterOptions options = new LetterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many to list at most (default: ${DEFAULT-VALUE}); all are counted.")
    private int limit;

    @Override
    public Integer call() {
        DlqCommand dlq = Objects.requireNonNull(parent);
        PrintWriter out = spec.commandLine().getOut();
        LetterFilter filter = options.filter();
        try (DeadLetterBoxes boxes = dlq.open()) {
            List<DeadLetterBoxes.Box> asked = dlq.boxes(boxes);
            if (asked.isEmpty()) {
                dlq.box(boxes); // tells that there is none
            }
            for (DeadLetterBoxes.Box box : asked) {
                list(box, heads(boxes, box, filter, asked.size() > 1), out);
            }
        }
        out.flush();
        return ExitCodes.OK;
    }

    /** A topic that nobody has made yet has no letters, where it is one of several. */
    private static List<LetterHead> heads(
            DeadLetterBoxes boxes, DeadLetterBoxes.Box box, LetterFilter filter, boolean amongOthers) {
        try (LetterReader reader = boxes.read(box)) {
            return reader.waiting().select(filter).selected();
        } catch (NoLettersException e) {
            if (amongOthers) {
                return List.of();
            }
            throw e;
        }
    }

    private void list(DeadLetterBoxes.Box box, List<LetterHead> heads, PrintWriter out) {
        out.println(heads.size() + (heads.size() == 1 ? " letter" : " letters") + " of " + box.name() + " (topic "
                + box.topic() + ")");
        if (heads.isEmpty()) {
            return;
        }
        Map<String, Integer> counts = new TreeMap<>();
        heads.forEach(head -> counts.merge(head.error().isEmpty() ? "?" : head.error(), 1, Integer::sum));
        counts.forEach((error, count) -> out.println("  " + count + " " + error));
        TextTable table = new TextTable("letter", "stream", "key", "type", "error", "written", "bytes");
        heads.stream()
                .limit(limit)
                .forEach(head -> table.row(
                        head.place().toString(),
                        head.stream(),
                        head.keyText(),
                        head.type(),
                        head.error(),
                        head.writtenAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                        Integer.toString(head.bytes())));
        table.lines().forEach(out::println);
        if (heads.size() > limit) {
            out.println("  … and " + (heads.size() - limit) + " more (--limit)");
        }
        out.println("What is at fault with one: freshet dlq show "
                + heads.get(0).place()
                + (heads.size() > limit ? ", or narrow the list (--stream, --key, --type, --error, --since)" : ""));
    }
}
