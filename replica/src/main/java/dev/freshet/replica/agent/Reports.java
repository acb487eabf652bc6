package dev.freshet.replica.agent;

import dev.freshet.model.Position;
import dev.freshet.model.copy.CopyState;
import dev.freshet.replica.port.ReportRows;
import dev.freshet.stream.Freshness;
import dev.freshet.stream.NotComplete;
import java.time.Instant;

/** Which reports of a copy's freshness are written, of those that its instances make beside one another. */
public final class Reports {
    private Reports() {}

    /**
     * Writes a report; one that another instance made of a later state stays, unless this one tells that a stream is broken
     * or stopped, which may have happened further back.
     *
     * @param rows the rows, locked
     * @param asOf a time before all that was read for the report, by the database's clock: it is valid from then on
     */
    public static void write(ReportRows rows, String source, Freshness f, Instant asOf) {
        CopyState state = f.state();
        if (state == null) {
            // before the ledger was read there is no system to speak of
            return;
        }
        Position position = f.position();
        if (position != null && !tellsOfAnEnd(f)) {
            Position told = rows.valid(source);
            if (told != null && told.isAfter(position)) {
                return;
            }
        }
        rows.write(source, f, state, asOf);
    }

    private static boolean tellsOfAnEnd(Freshness f) {
        NotComplete why = f.why();
        return why != null && (why.cause() == NotComplete.Cause.BROKEN || why.cause() == NotComplete.Cause.STOPPED);
    }
}
