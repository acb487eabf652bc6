package dev.freshet.simulation;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the relays of a world are configured, which an operator changes step by step: they take no events; they take those of a
 * stream, but no large ones; they take those of a second stream, too; they take large ones.
 */
final class EventConfig {
    static final String FIRST = SimOutbox.STREAMS.get(0);
    static final String SECOND = SimOutbox.STREAMS.get(1);

    private static final int NO_LARGE = 1_200;
    private static final int TWO_STREAMS = 2;
    private static final int LARGE = 3;

    /** Nothing is kept longer than needed, and what may go is looked for often. */
    private static final OutboxRetention RETENTION =
            new OutboxRetention(Optional.of(Duration.ZERO), Duration.ofSeconds(1));

    static final EventSettings EVENTS = EventSettings.of("shop").withOutbox("public.outbox", RETENTION);

    private static final List<RelaySettings> BY_LEVEL = levels(Nodes.TABLES);
    private static final List<RelaySettings> POLLED_BY_LEVEL = levels(List.of());

    private final List<RelaySettings> byLevel;
    private int level;

    EventConfig(Publishing publishing) {
        byLevel = publishing.isPolled() ? POLLED_BY_LEVEL : BY_LEVEL;
        level = publishing == Publishing.LATER ? 0 : 1;
    }

    private static List<RelaySettings> levels(List<StreamSettings> tables) {
        return List.of(Nodes.RELAY, settings(1, tables), settings(TWO_STREAMS, tables), settings(LARGE, tables));
    }

    private static RelaySettings settings(int level, List<StreamSettings> tables) {
        List<StreamSettings> streams = new ArrayList<>(tables);
        streams.add(stream(FIRST, level < LARGE ? NO_LARGE : StreamSettings.DEFAULT_MAX_MESSAGE_BYTES));
        if (level >= TWO_STREAMS) {
            streams.add(stream(SECOND, StreamSettings.DEFAULT_MAX_MESSAGE_BYTES));
        }
        return Nodes.settings(streams).events(EVENTS).build();
    }

    private static StreamSettings stream(String name, int most) {
        return new StreamSettings(
                name, World.topic(name), World.PARTITIONS, -1, -1, new StreamSettings.Events(Optional.empty(), most));
    }

    /** Returns whether events are taken. */
    boolean takesEvents() {
        return level > 0;
    }

    /** Goes a step further; returns whether there was one. */
    boolean further() {
        boolean further = level < LARGE;
        level += further ? 1 : 0;
        return further;
    }

    /** Returns the names of all streams. */
    List<String> streams() {
        return settings().streams().stream().map(StreamSettings::name).toList();
    }

    RelaySettings settings() {
        return byLevel.get(level);
    }
}
