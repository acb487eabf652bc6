package dev.freshet.replica.agent;

import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.port.CopySession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The streams that a replica begins, or begins again. */
public final class BegunStreams {
    private BegunStreams() {}

    /**
     * Adds the rows of streams; one that speaks of another topic or table begins again. Either takes {@code complete} from the
     * copy, after all rows are there, since whoever holds the reports' rows waits for no others. Within the session's
     * transaction.
     */
    public static void ensure(CopySession db, Collection<StreamTarget> targets) {
        List<String> begun = new ArrayList<>();
        for (StreamTarget target : targets) {
            if (db.streams().begin(target)) {
                begun.add("the table " + target.table() + " of stream '" + target.stream() + "' is to be filled");
            }
        }
        if (!begun.isEmpty()) {
            db.reports().withdraw(String.join("; ", begun), true);
        }
    }
}
