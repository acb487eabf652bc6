package dev.freshet.server.config;

import dev.freshet.capture.OutboxRetention;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import dev.freshet.relay.EventSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a source. */
final class SourceReader {
    private static final int MOST_PARTITIONS = 100;

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
        if (!values.wrote(Sections.OUTBOX)) {
            refuse(
                    List.of(Sections.OUTBOX_RETENTION, Sections.OUTBOX_PARTITION),
                    "stands only with `outbox`; name the table there, or take this out");
        }
        if (outbox != null) {
            claims.claim("table", name + "' : '" + outbox, owner, values.at(Sections.OUTBOX));
        }
        JdbcUrl url = values.find(Sections.SOURCE_URL);
        if (isPolled()) {
            checkPolled(url, outbox);
        } else {
            refuse(List.of(Sections.POLL_INTERVAL), "stands only with `type: polling`; take it out, or set that");
            if (url != null && !url.isPostgres()) {
                values.at(Sections.SOURCE_URL)
                        .mistake(
                                "is not one of a PostgreSQL database, whose log could be read; set `type: polling` to have an"
                                        + " outbox table polled");
            }
        }
        if (url != null) {
            claims.claim("slot", slot() + "' of '" + url.database(), owner, values.at(Sections.SLOT));
        }
    }

    private void refuse(List<Setting<?>> settings, String why) {
        settings.stream().filter(values::wrote).forEach(s -> values.at(s).mistake(why));
    }

    private void checkPolled(@Nullable JdbcUrl url, @Nullable String outbox) {
        refuse(
                List.of(Sections.PUBLICATION, Sections.MAX_RETAINED_WAL),
                "stands only with `type: postgresql`; take it out: no log is read");
        if (!values.wrote(Sections.OUTBOX)) {
            values.at(Sections.OUTBOX)
                    .mistake("is missing; with `type: polling` it must be "
                            + Sections.OUTBOX.type().allowed()
                            + ", here the table that is polled, as the migration of `freshet-outbox` makes it");
        } else if (outbox != null && !PollingSettings.isTable(outbox)) {
            values.at(Sections.OUTBOX)
                    .mistake("'" + outbox
                            + "' cannot be polled; its schema and name must be of letters, digits, '_' and '$'");
        }
        if (url == null) {
            return;
        }
        Duration partition = values.find(Sections.OUTBOX_PARTITION);
        Optional<Duration> keep = values.find(Sections.OUTBOX_RETENTION, Optional.empty());
        if (!url.isPostgres()) {
            refuse(
                    List.of(Sections.OUTBOX_PARTITION),
                    "stands only with PostgreSQL; take it out: the table has no partitions");
        } else if (partition != null
                && keep.map(k -> k.compareTo(partition.multipliedBy(MOST_PARTITIONS)) > 0)
                        .orElse(values.wrote(Sections.OUTBOX_RETENTION)
                                && values.find(Sections.OUTBOX_RETENTION) != null)) {
            values.at(Sections.OUTBOX_RETENTION)
                    .mistake("is more than " + MOST_PARTITIONS + " partitions of outbox-partition, "
                            + Durations.format(partition)
                            + ", and each look goes through all of them; keep events for less"
                            + " long, or make the partitions longer");
        }
    }

    /** Returns whether it gives streams of events alone. */
    boolean isPolled() {
        return values.find(Sections.TYPE) == SourceType.POLLING;
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
                values.get(Sections.SOURCE_URL),
                values.get(Sections.USER),
                values.find(Sections.PASSWORD),
                slot(),
                values.find(Sections.PUBLICATION, Names.slot(name)),
                ledger(),
                events(),
                values.get(Sections.POLL_INTERVAL),
                values.get(Sections.MAX_RETAINED_WAL),
                values.get(Sections.ON_LOSS),
                limits.limits());
    }
}
