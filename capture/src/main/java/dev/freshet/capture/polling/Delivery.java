package dev.freshet.capture.polling;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.internal.OutboxRow;
import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads numbered rows and gives them as the log's events, in pieces that fit into memory. Belongs to the log's thread. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final int PIECE_EVENTS = 500;
    private static final long PIECE_BYTES = 1 << 20;
    /** About how many bytes an event has beside its record. */
    static final int EVENT_BYTES = 100;

    /** Takes events. */
    interface Sink {
        /**
         * Takes an event, and waits while there is no room; no statement of the log's session is open meanwhile.
         *
         * @param bytes about how many bytes it holds
         * @param last whether it ends a transaction
         */
        void accept(LogEvent event, int bytes, boolean last) throws SQLException, InterruptedException;
    }

    private final PollingSettings settings;
    private final int epoch;
    private final Rows rows;
    private final Sink sink;

    Delivery(PollingSettings settings, int epoch, Rows rows, Sink sink) {
        this.settings = settings;
        this.epoch = epoch;
        this.rows = rows;
        this.sink = sink;
    }

    /** Gives a run's events, of rows that were numbered before and may have been deleted since. */
    void again(Connection c, NumberedRun run) throws SQLException, InterruptedException {
        long from = run.rows().first();
        while (from <= run.rows().last()) {
            List<Rows.Head> heads = rows.in(c, List.of(Run.of(from, run.rows().last())), settings.pageEvents());
            long to = heads.size() < settings.pageEvents()
                    ? run.rows().last()
                    : heads.get(heads.size() - 1).seq();
            give(c, run, Run.of(from, to), heads);
            from = to + 1;
        }
    }

    /**
     * Gives a run's events.
     *
     * @param heads the rows of the run that are there, in their order
     */
    void give(Connection c, NumberedRun run, List<Rows.Head> heads) throws SQLException, InterruptedException {
        give(c, run, run.rows(), heads);
    }

    private void give(Connection c, NumberedRun run, Run part, List<Rows.Head> heads)
            throws SQLException, InterruptedException {
        long given = 0;
        int begin = 0;
        long bytes = 0;
        for (int i = 0; i < heads.size(); i++) {
            bytes += heads.get(i).bytes();
            boolean full = i - begin + 1 >= PIECE_EVENTS || bytes >= PIECE_BYTES;
            if (full || i == heads.size() - 1) {
                given += piece(
                        c, run, Run.of(heads.get(begin).seq(), heads.get(i).seq()));
                begin = i + 1;
                bytes = 0;
            }
        }
        if (given < part.size()) {
            LOG.warn(
                    "Source {}: {} of the rows with seq {} to {} in {}, which have the numbers {} to {}, were deleted before they"
                            + " were sent; nothing is known of them any more, and the others go on",
                    settings.source(),
                    part.size() - given,
                    part.first(),
                    part.last(),
                    settings.table(),
                    run.numberOf(part.first()),
                    run.numberOf(part.last()));
        }
    }

    private int piece(Connection c, NumberedRun run, Run piece) throws SQLException, InterruptedException {
        List<LogEvent.Publication> events = new ArrayList<>();
        rows.read(c, piece, row -> events.add(event(row, run)));
        if (events.isEmpty()) {
            return 0;
        }
        LogEvent.Publication first = events.get(0);
        Position last = events.get(events.size() - 1).position();
        sink.accept(new LogEvent.Begun(0, first.position().lsn(), first.committedAt()), EVENT_BYTES, false);
        for (LogEvent.Publication event : events) {
            sink.accept(event, EVENT_BYTES + event.bytes(), false);
        }
        sink.accept(new LogEvent.Committed(last.lsn() + 1), EVENT_BYTES, true);
        return events.size();
    }

    private LogEvent.Publication event(ResultSet row, NumberedRun run) throws SQLException {
        Position position = new Position(epoch, run.numberOf(row.getLong("seq")), 1, 0);
        OutboxReader.Row read = OutboxRow.read(row);
        return read.at(
                position,
                EventIds.isTimed(read.id())
                        ? EventIds.time(read.id())
                        : Instant.EPOCH.plus(run.numberedAt(), ChronoUnit.MICROS));
    }
}
