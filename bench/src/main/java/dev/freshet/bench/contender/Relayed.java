package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import dev.freshet.capture.TableCapture;
import dev.freshet.relay.EventSettings;
import dev.freshet.relay.HeaderSet;
import dev.freshet.relay.StreamSettings;
import java.util.List;

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
}
