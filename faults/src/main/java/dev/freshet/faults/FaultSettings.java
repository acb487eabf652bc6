package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.model.Names;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configurations of the processes, with time-outs so short that a fault of seconds is longer than all of them, and half
 * open connections are noticed.
 */
final class FaultSettings {
    static final String SOURCE = "shop";
    static final String TARGET = "shipping";
    static final String REPLICA = "copies";

    /** The replica that shows whole transactions only. */
    static final String WHOLE = "ledgers";

    /** A relay or replica that stands still for longer has lost its slot, its partitions and its transaction. */
    static final long TAKEN_OVER_MILLIS = 7_000;

    /** The database, of the source's server, whose outbox table is polled, and the source of that name. */
    static final String POLLED = "orders";

    /** How large a record of an event may be, for its topic. */
    static final String MOST_BYTES = "20000";

    /** How large an event is that its topic does not take. */
    static final int LARGE_BYTES = 24_000;

    /** As which source the service publishes straight to Kafka. */
    static final String DIRECT = "billing";

    private static final String KAFKA = """
            kafka:
              bootstrap-servers: "127.0.0.1:%d"
              properties:
                session.timeout.ms: 2000
                heartbeat.interval.ms: 400
                request.timeout.ms: 3000
                delivery.timeout.ms: 8000
                max.block.ms: 8000
                default.api.timeout.ms: 8000
                transaction.timeout.ms: 5000
                socket.connection.setup.timeout.ms: 1500
                reconnect.backoff.max.ms: 500
            """;

    private FaultSettings() {}

    /** Returns the database of a way's events. */
    static String database(Way way) {
        return way == Way.POLLED ? POLLED : SOURCE;
    }

    /** Returns the stream of a way's events. */
    static String stream(Way way) {
        return switch (way) {
            case TABLE, LOG -> "told";
            case POLLED -> "told-polled";
            case DIRECT -> "told-direct";
        };
    }

    /** Returns the topic of a way's events. */
    static String topic(Way way) {
        return source(way) + '.' + stream(way);
    }

    /** Returns the topic of a way's dead letters. */
    static String letters(Way way) {
        return Names.deadLetters(source(way));
    }

    private static String source(Way way) {
        return switch (way) {
            case TABLE, LOG -> SOURCE;
            case POLLED -> POLLED;
            case DIRECT -> DIRECT;
        };
    }

    /** Returns the configuration of a relay. */
    static String relay(int kafkaPort, int sourcePort, EmbeddedPostgres source) {
        return KAFKA.formatted(kafkaPort) + """
                sources:
                """
                + source(SOURCE, "postgresql", sourcePort, source) + source(POLLED, "polling", sourcePort, source)
                + """
                streams:
                  item: { source: shop, table: public.item, partitions: 4 }
                  stock: { source: shop, table: public.stock, partitions: 2 }
                  event: { source: shop, table: public.event, partitions: 2 }
                  bulk: { source: shop, table: public.bulk, partitions: 2 }
                  cash: { source: shop, table: public.cash, partitions: 2 }
                  bank: { source: shop, table: public.bank, partitions: 3 }
                  told: { source: shop, events: true, partitions: 3, max-message-size: 20kB }
                  told-polled: { source: orders, events: true, partitions: 3, max-message-size: 20kB }
                http: { port: 0 }
                """;
    }

    /** What may be published again stands in the outbox table for longer than faults last. */
    private static String source(String database, String type, int port, EmbeddedPostgres server) {
        return """
                  %1$s:
                    type: %2$s
                    url: "jdbc:postgresql://127.0.0.1:%3$d/%1$s"
                    user: "%4$s"
                    password: "%5$s"
                    outbox: public.freshet_outbox
                    outbox-partition: 5s
                    outbox-retention: 30s
                    parked-letters-limit: 1000000
                    limits:
                      wal-receiver-timeout: 5s
                      status-interval: 500ms
                      connect-timeout: 2s
                      statement-timeout: 4s
                """.formatted(database, type, port, server.user(), server.password())
                .indent(2);
    }

    /** Returns the configuration of a process with an instance of each of the two replicas. */
    static String replica(int kafkaPort, int targetPort, EmbeddedPostgres target) {
        return KAFKA.formatted(kafkaPort) + """
                streams:
                  item: { topic: shop.item }
                  stock: { topic: shop.stock }
                  event: { topic: shop.event }
                  bulk: { topic: shop.bulk }
                  cash: { topic: shop.cash }
                  bank: { topic: shop.bank }
                replicas:
                """
                + copies(REPLICA, "per-key", targetPort, target, "item", "stock", "event", "bulk")
                + copies(WHOLE, "per-transaction", targetPort, target, LoadTables.CASH, LoadTables.BANK) + """
                http: { port: 0 }
                """;
    }

    private static String copies(
            String name, String consistency, int targetPort, EmbeddedPostgres target, String... streams) {
        String tables =
                Stream.of(streams).map(s -> s + ": { table: public." + s + " }").collect(Collectors.joining(", "));
        return """
                  %s:
                    consistency: %s
                    streams: { %s }
                    url: "jdbc:postgresql://127.0.0.1:%d/%s"
                    user: "%s"
                    password: "%s"
                    limits:
                      connect-timeout: 2s
                      lock-timeout: 2s
                      idle-in-transaction-session-timeout: 3s
                      tcp-user-timeout: 3s
                      answer-timeout: 3s
                      freshness-interval: 300ms
                      freshness-timeout: 5s
                      ledger-timeout: 10s
                      retry-backoff: 500ms
                      retry-backoff-max: 5s
                """.formatted(name, consistency, tables, targetPort, TARGET, target.user(), target.password())
                .indent(2);
    }
}
