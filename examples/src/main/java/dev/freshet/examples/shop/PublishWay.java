package dev.freshet.examples.shop;

import dev.freshet.direct.DirectPublisher;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.SqlOutbox;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * The ways by which the shop's events get to Kafka. Those that do not share a reader have each a source, and so a topic, of their
 * own: a database that was used with one may be used with another.
 */
public enum PublishWay {
    /** A row of the outbox table, which the relay finds in the database's log. */
    OUTBOX("outbox", "shop"),
    /** A message in the database's log. */
    WAL_MESSAGE("wal-message", "shop"),
    /** A row of the outbox table, into which a relay of its own looks. */
    POLLING("polling", "shop-polled"),
    /** Straight to Kafka after the commit, by the shop itself. */
    DIRECT("direct", "shop-direct");

    private final String text;
    private final String source;

    PublishWay(String text, String source) {
        this.text = text;
        this.source = source;
    }

    /**
     * Returns the way of a name.
     *
     * @throws IllegalArgumentException if there is none; the message names those that there are
     */
    public static PublishWay of(String name) {
        return Arrays.stream(values())
                .filter(way -> way.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no way to publish; there are "
                        + Arrays.stream(values()).map(way -> way.text).collect(Collectors.joining(", "))));
    }

    /** Returns the source as which its events are published. */
    public String source() {
        return source;
    }

    /** Returns the topic of its events. */
    public String topic() {
        return source + '.' + OrderEvents.STREAM;
    }

    /** Returns whether a relay takes the events to Kafka, each once; otherwise each goes there at least once. */
    public boolean isRelayed() {
        return this != DIRECT;
    }

    /**
     * Opens the way, whose tables {@link EventTables#create} has made.
     *
     * @param bootstrapServers the Kafka that has the topic; only {@link #DIRECT} asks it
     * @param shop the shop's database, for events that Kafka does not take; only {@link #DIRECT} asks it
     */
    public OrderEvents open(String bootstrapServers, DataSource shop) {
        return switch (this) {
            case OUTBOX, POLLING ->
                new OutboxEvents(SqlOutbox.table(Dialect.POSTGRESQL)
                        .streams(OrderEvents.STREAM)
                        .build());
            case WAL_MESSAGE ->
                new OutboxEvents(
                        SqlOutbox.walMessages().streams(OrderEvents.STREAM).build());
            case DIRECT ->
                new DirectEvents(
                        DirectPublisher.builder(Map.of("bootstrap.servers", bootstrapServers)).source(source).stream(
                                        OrderEvents.STREAM, topic())
                                .undelivered(shop)
                                .build());
        };
    }

    /** Returns its name, such as {@code wal-message}. */
    @Override
    public String toString() {
        return text;
    }
}
