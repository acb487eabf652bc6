package dev.freshet.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows what a command will do, and asks for the name of what it does it to. */
final class Question {
    private Question() {}

    /**
     * Shows and asks.
     *
     * @param consequence a sentence that tells what to think of before
     * @param yes whether the answer is known
     */
    static boolean isConfirmed(
            PrintWriter out,
            @Nullable FreshetCommand parent,
            List<String> actions,
            String consequence,
            String name,
            boolean yes)
            throws IOException {
        out.println("This will");
        actions.forEach(a -> StatusText.wrap("- " + a).forEach(out::println));
        if (!yes) {
            out.print(consequence + " Type the name, " + name + ", to do it (--yes does not ask): ");
        }
        out.flush();
        // not closed: the stream belongs to the process
        return yes
                || name.equals(new BufferedReader(new InputStreamReader(
                                Objects.requireNonNull(parent).in(), Charset.defaultCharset()))
                        .readLine());
    }
}
