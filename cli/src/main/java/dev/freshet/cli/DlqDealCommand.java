package dev.freshet.cli;

import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterReader;
import dev.freshet.letters.Letters;
import dev.freshet.server.check.DeadLetterBoxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What deals with many letters at once: shows how many, asks, and tells how far it is. */
abstract class DlqDealCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable DlqCommand parent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private LetterOptions options = new LetterOptions();

    @Option(names = "--all", description = "All letters that wait.")
    private boolean all;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    /** {@code freshet dlq redrive}. */
    @Command(
            name = "redrive",
            mixinStandardHelpOptions = true,
            description = {
                "Sends letters where they belong, in the order of their keys, each once.",
                "",
                "A letter whose key has earlier ones is sent only together with them. Of a key without letters, events flow again."
            })
    static final class Redrive extends DlqDealCommand {
        @Override
        String what(int count) {
            return "send " + count(count) + (count == 1 ? " where it belongs" : " where they belong");
        }

        @Override
        int deal(Letters letters, LetterFilter filter, IntConsumer progress) {
            return letters.redrive(filter, progress);
        }
    }

    /** {@code freshet dlq discard}. */
    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = {
                "Gives letters up: they are never sent.",
                "",
                "They stay in their topic as long as it keeps records, marked as discarded."
            })
    static final class Discard extends DlqDealCommand {
        @Override
        String what(int count) {
            return "give up " + count(count) + (count == 1 ? ", which is never sent" : ", which are never sent");
        }

        @Override
        int deal(Letters letters, LetterFilter filter, IntConsumer progress) {
            return letters.discard(filter, progress);
        }
    }

    private static String count(int count) {
        return count + (count == 1 ? " letter" : " letters");
    }

    abstract String what(int count);

    abstract int deal(Letters letters, LetterFilter filter, IntConsumer progress);

    @Override
    public final Integer call() throws IOException {
        DlqCommand dlq = Objects.requireNonNull(parent);
        PrintWriter out = spec.commandLine().getOut();
        LetterFilter filter = options.filter();
        if (filter.isAll() != all) {
            throw new ParameterException(
                    spec.commandLine(),
                    all
                            ? "--all and a choice of letters exclude each other"
                            : "Name letters, choose some by an option, or say --all");
        }
        try (DeadLetterBoxes boxes = dlq.open()) {
            DeadLetterBoxes.Box box = dlq.box(boxes);
            Set<String> shown;
            try (LetterReader reader = boxes.read(box)) {
                shown = reader.waiting().select(filter).selected().stream()
                        .map(head -> head.place().toString())
                        .collect(Collectors.toUnmodifiableSet());
            }
            int count = shown.size();
            if (count == 0) {
                out.println("No letter of " + box.name() + " fits.");
                out.flush();
                return ExitCodes.OK;
            }
            if (!Question.isConfirmed(
                    out, dlq.parent(), List.of(what(count)), "It cannot be undone.", box.name(), yes)) {
                out.println("Nothing was changed.");
                out.flush();
                return ExitCodes.FAILED;
            }
            // what has come since is not meant
            int[] told = {0};
            int done = deal(box.letters(), LetterFilter.ofPlaces(shown), n -> {
                if (n > told[0]) {
                    told[0] = n;
                    out.println(n + " of " + count);
                    out.flush();
                }
            });
            out.println("Done: " + count(done) + ".");
        }
        out.flush();
        return ExitCodes.OK;
    }
}
