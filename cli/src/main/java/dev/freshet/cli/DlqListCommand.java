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
        description = {
            "Lists the letters that wait, those first that came first.",
            "",
            "All that wait are counted: those that hold up their key, those behind them, and those that hold nothing up, such as "
                    + "events without a key. Where the output is no terminal, each letter is one line."
        })
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

    @Option(names = "--json", description = "As JSON: `topics`, each with its `letters` and how many wait.")
    private boolean json;

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
            LetterJson all = new LetterJson();
            all.beginTopics();
            for (DeadLetterBoxes.Box box : asked) {
                List<LetterHead> heads = heads(boxes, box, filter, asked.size() > 1);
                if (json) {
                    all.topic(
                            box.name(),
                            box.topic(),
                            heads.size(),
                            heads.stream().limit(limit).toList());
                } else {
                    list(box, heads, out);
                }
            }
            if (json) {
                out.println(all.endTopics());
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
        out.println(count(heads.size(), "letter") + " of " + box.name() + " (topic " + box.topic() + ")" + keys(heads));
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
        table.linesForOutput().forEach(out::println);
        if (heads.size() > limit) {
            out.println("  … and " + (heads.size() - limit) + " more (--limit)");
        }
        out.println("What is at fault with one: freshet dlq show "
                + heads.get(0).place()
                + (heads.size() > limit ? ", or narrow the list (--stream, --key, --type, --error, --since)" : ""));
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** Tells letters of keys from those that have none, which hold nothing up. */
    private static String keys(List<LetterHead> heads) {
        if (heads.isEmpty()) {
            return "";
        }
        long keyed = heads.stream().filter(head -> head.key() != null).count();
        long keys = heads.stream()
                .flatMap(head -> head.orderKey().stream())
                .distinct()
                .count();
        return ": " + keyed + " of " + count(keys, "key") + ", " + (heads.size() - keyed) + " without a key";
    }
}
