package dev.freshet.relay.internal;

import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.RelayStatus;
import dev.freshet.relay.RelayStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a relay tells of itself: its state, how far it is, and what needs a person. Belongs to the relay's thread, but for
 * {@link #status}.
 */
final class Report {
    private static final String RETAINED = "retained";

    private final RelaySettings settings;
    private final Alarms alarms = new Alarms();
    private long sentBefore;
    private long lettersBefore;
    private long lagBytes = -1;
    private long retainedBytes = -1;
    private @Nullable FailingWindows failing;
    private volatile RelayStatus status;

    /** Creates the report of a relay that is starting. */
    Report(RelaySettings settings) {
        this.settings = settings;
        this.status = new RelayStatus(
                settings.source(), State.STARTING, null, null, null, -1, -1, List.of(), List.of(), 0, 0);
    }

    /** Returns what was told last; any thread may ask. */
    RelayStatus status() {
        return status;
    }

    /** Returns what needs a person. */
    Alarms alarms() {
        return alarms;
    }

    /**
     * Takes note of the source's log.
     *
     * @param lag bytes of it that are not relayed yet
     * @param retained bytes of it that the slot holds back; above the configured limit they are an alarm
     */
    void measured(long lag, long retained) {
        lagBytes = lag;
        retainedBytes = retained;
        if (retained > settings.retainedWalAlarmBytes()) {
            alarms.raise(
                    RETAINED,
                    "Slot '" + settings.slot() + "' holds back " + retained + " bytes of log, more than the limit of "
                            + settings.retainedWalAlarmBytes() + " (sources." + settings.source()
                            + ".max-retained-wal): see why the relay is behind, before the server's disk is full");
        } else {
            alarms.mended(RETAINED);
        }
    }

    /** Takes note of what has kept the session that begins from reading tables. */
    void leads(FailingWindows windows) {
        failing = windows;
    }

    /** Counts what a session has sent that has ended. */
    void ended(LeaderSession session) {
        failing = null;
        sentBefore += session.recordsSent();
        lettersBefore += session.events().letters();
    }

    /**
     * Tells the relay's state.
     *
     * @param message why it is so, or null
     * @param leader the session, or null if it does not lead: then position and streams stay as they were told last
     */
    void tell(State state, @Nullable String message, @Nullable LeaderSession leader) {
        List<String> needs = new ArrayList<>(alarms.texts());
        RelayStatus last = status;
        if (leader == null) {
            status = new RelayStatus(
                    settings.source(),
                    state,
                    message,
                    last.position(),
                    last.completeTo(),
                    lagBytes,
                    retainedBytes,
                    needs,
                    last.streams(),
                    sentBefore,
                    lettersBefore);
            return;
        }
        FailingWindows windows = failing;
        List<StreamEntry> streams = leader.ledger().durableStreams();
        if (windows != null) {
            needs.addAll(windows.texts());
            streams = streams.stream().map(windows::shown).toList();
        }
        streams.stream().map(StreamEntry::trouble).filter(Objects::nonNull).forEach(needs::add);
        Boundary boundary = leader.ledger().boundary();
        status = new RelayStatus(
                settings.source(),
                state,
                message,
                boundary.position(),
                boundary.completeTo(),
                lagBytes,
                retainedBytes,
                needs,
                streams,
                sentBefore + leader.recordsSent(),
                lettersBefore + leader.events().letters());
    }
}
