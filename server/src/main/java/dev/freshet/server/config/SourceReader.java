package dev.freshet.server.config;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import dev.freshet.relay.EventSettings;
import java.util.List;

/** Reads a source. */
final class SourceReader {
    private final String name;
    private final Values values;
    private final Values limits;

    SourceReader(String name, Values values, Claims claims) {
        this.name = name;
        this.values = values;
        this.limits = Values.read(
                SourceLimits.SECTION, values.find(Sections.SOURCE_LIMITS), values.at(Sections.SOURCE_LIMITS));
        SourceLimits.check(limits);
        String owner = values.place().path();
        claims.claim("ledger", ledger(), owner, values.at(Sections.LEDGER));
        claims.claim("topic", deadLetters(), owner, values.at(EventSections.DEAD_LETTERS));
        String outbox = values.find(Sections.OUTBOX);
        for (Setting<?> setting : List.of(Sections.OUTBOX_RETENTION, Sections.OUTBOX_PARTITION)) {
            if (values.wrote(setting) && !values.wrote(Sections.OUTBOX)) {
                values.at(setting).mistake("stands only with `outbox`; name the table there, or take this out");
            }
        }
        if (outbox != null) {
            claims.claim("table", name + "' : '" + outbox, owner, values.at(Sections.OUTBOX));
        }
        JdbcUrl url = values.find(Sections.URL);
        if (url != null) {
            claims.claim("slot", slot() + "' of '" + url.database(), owner, values.at(Sections.SLOT));
        }
    }

    String name() {
        return name;
    }

    Place place() {
        return values.place();
    }

    String ledger() {
        return values.find(Sections.LEDGER, Names.ledger(name));
    }

    private String slot() {
        return values.find(Sections.SLOT, Names.slot(name));
    }

    private String deadLetters() {
        return values.find(EventSections.DEAD_LETTERS, Names.deadLetters(name));
    }

    private EventSettings events() {
        EventSettings events = EventSettings.of(name)
                .withDeadLetters(deadLetters(), Math.toIntExact(values.get(EventSections.DEAD_LETTER_MAX_SIZE)))
                .withFailedKeys(
                        values.get(EventSections.FAILED_KEYS),
                        values.get(EventSections.PARKED_LETTERS_LIMIT),
                        values.get(EventSections.PARKED_KEYS_LIMIT));
        String outbox = values.find(Sections.OUTBOX);
        return outbox == null
                ? events
                : events.withOutbox(
                        outbox,
                        new OutboxRetention(
                                values.get(Sections.OUTBOX_RETENTION), values.get(Sections.OUTBOX_PARTITION)));
    }

    SourceConfig build() {
        return new SourceConfig(
                name,
                values.get(Sections.TYPE),
                values.get(Sections.URL),
                values.get(Sections.USER),
                values.find(Sections.PASSWORD),
                slot(),
                values.find(Sections.PUBLICATION, Names.slot(name)),
                ledger(),
                events(),
                values.get(Sections.MAX_RETAINED_WAL),
                values.get(Sections.ON_LOSS),
                limits.limits());
    }
}
