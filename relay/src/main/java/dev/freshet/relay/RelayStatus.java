package dev.freshet.relay;

import dev.freshet.model.Position;
import dev.freshet.model.ledger.StreamEntry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a relay does at one moment.
 *
 * @param source the source's name
 * @param state what it is at
 * @param message why it is so, for a person; null if there is nothing to say
 * @param position the last durable boundary; null before there is one
 * @param completeTo the time by the source's clock to which the topics are complete; null before it was measured
 * @param lagBytes how many bytes of the source's log are not relayed yet, by the last sample; -1 if unknown
 * @param retainedWalBytes how many bytes of log the slot holds back, by the last sample; -1 if unknown
 * @param alarms what needs a person, each a sentence; empty if all is well
 * @param streams the streams as the ledger has them
 * @param recordsSent how many records were committed since the relay was made
 * @param deadLetters how many events have become dead letters since the relay was made
 */
public record RelayStatus(
        String source,
        State state,
        @Nullable String message,
        @Nullable Position position,
        @Nullable Instant completeTo,
        long lagBytes,
        long retainedWalBytes,
        List<String> alarms,
        List<StreamEntry> streams,
        long recordsSent,
        long deadLetters) {
    /** What a relay can be at. */
    public enum State {
        /** Not begun, or taking over. */
        STARTING,
        /** Another relay reads the slot; this one waits. */
        STANDBY,
        /** Changes flow. */
        RUNNING,
        /** A server is away; the relay tries again. */
        RETRYING,
        /** Ended, by {@code close} or by a failure that the message tells. */
        STOPPED
    }

    /** Copies the lists. */
    public RelayStatus {
        alarms = List.copyOf(alarms);
        streams = List.copyOf(streams);
    }
}
