package dev.freshet.capture.polling;

import dev.freshet.capture.LogEvent;
import dev.freshet.capture.OutboxReader;
import dev.freshet.model.Position;
import dev.freshet.model.event.EventIds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
        void accept(LogEvent event, int bytes, boolean last) throws InterruptedException;
    }

    private final PollingSettings settings;
    private final int epoch;
    private final Sink sink;

    Delivery(PollingSettings settings, int epoch, Sink sink) {
        this.settings = settings;
        this.epoch = epoch;
        this.sink = sink;
    }

    /** Gives a run's events, of rows that were numbered before and may have been deleted since. */
    void again(PolledSession session, NumberedRun run) throws InterruptedException {
        long from = run.rows().first();
        while (from <= run.rows().last()) {
            List<PolledSession.Head> heads =
                    session.in(List.of(Run.of(from, run.rows().last())), settings.pageEvents());
            long to = heads.size() < settings.pageEvents()
                    ? run.rows().last()
                    : heads.get(heads.size() - 1).seq();
            give(session, run, Run.of(from, to), heads);
            from = to + 1;
        }
    }

    /**
     * Gives a run's events.
     *
     * @param heads the rows of the run that are there, in their order
     */
    void give(PolledSession session, NumberedRun run, List<PolledSession.Head> heads) throws InterruptedException {
        give(session, run, run.rows(), heads);
    }

    private void give(PolledSession session, NumberedRun run, Run part, List<PolledSession.Head> heads)
            throws InterruptedException {
        long given = 0;
        int begin = 0;
        long bytes = 0;
        for (int i = 0; i < heads.size(); i++) {
            bytes += heads.get(i).bytes();
            boolean full = i - begin + 1 >= PIECE_EVENTS || bytes >= PIECE_BYTES;
            if (full || i == heads.size() - 1) {
                given += piece(
                        session,
                        run,
                        Run.of(heads.get(begin).seq(), heads.get(i).seq()));
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

    private int piece(PolledSession session, NumberedRun run, Run piece) throws InterruptedException {
        List<LogEvent.Publication> events = session.contents(piece).stream()
                .map(content -> event(content, run))
                .toList();
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

    private LogEvent.Publication event(PolledSession.Content content, NumberedRun run) {
        Position position = new Position(epoch, run.numberOf(content.seq()), 1, 0);
        OutboxReader.Row read = content.row();
        return read.at(position, EventIds.timeOr(read.id(), Instant.EPOCH.plus(run.numberedAt(), ChronoUnit.MICROS)));
    }
}
