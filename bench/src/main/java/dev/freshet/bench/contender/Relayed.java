package dev.freshet.bench.contender;

import dev.freshet.bench.load.OutboxEvents;
import dev.freshet.bench.process.Settings;
import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.TableCapture;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.StreamSettings;
import java.util.List;
import java.util.Optional;

/** What a relay relays: streams of one partition. */
interface Relayed {
    /** The streams; the first has the topic that the settings name. */
    List<StreamSettings> streams(Settings settings);

    /** Where events are taken from. */
    EventSettings events(Settings settings);

    /** Returns the rows of a table, in records with those headers. */
    static Relayed rows(HeaderSet headers) {
        return new Relayed() {
            @Override
            public List<StreamSettings> streams(Settings settings) {
                return List.of(rows(settings, settings.get(Keys.TOPIC), headers));
            }

            @Override
            public EventSettings events(Settings settings) {
                return EventSettings.of(settings.get(Keys.SLOT));
            }
        };
    }

    private static StreamSettings rows(Settings settings, String topic, HeaderSet headers) {
        String table = "public." + settings.get(Keys.TABLE);
        return StreamSettings.of(new TableCapture(FreshetRelay.STREAM, table, List.of(), List.of()), topic, headers);
    }

    /**
     * Returns the events of the outbox table, or those in the log alone, beside the rows of the service's table.
     *
     * @param table how the outbox table is cleared; empty if there is none
     */
    static Relayed events(Optional<OutboxRetention> table) {
        return new Relayed() {
            @Override
            public List<StreamSettings> streams(Settings settings) {
                String topic = settings.get(Keys.TOPIC);
                StreamSettings events = StreamSettings.ofEvents(OutboxEvents.STREAM, topic);
                return table.isPresent()
                        ? List.of(events)
                        : List.of(events, rows(settings, topic + "_rows", HeaderSet.CLOUDEVENTS));
            }

            @Override
            public EventSettings events(Settings settings) {
                EventSettings events = EventSettings.of(settings.get(Keys.SLOT));
                return table.map(retention -> events.withOutbox("public." + settings.get(Keys.TABLE), retention))
                        .orElse(events);
            }
        };
    }
}
