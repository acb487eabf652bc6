package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedPostgres;
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

    /** The topic of the events that writers publish. */
    static final String TOLD_TOPIC = "shop." + Publisher.STREAM;

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

    /** Returns the configuration of a relay. */
    static String relay(int kafkaPort, int sourcePort, EmbeddedPostgres source) {
        return KAFKA.formatted(kafkaPort) + """
                sources:
                  shop:
                    type: postgresql
                    url: "jdbc:postgresql://127.0.0.1:%d/%s"
                    user: "%s"
                    password: "%s"
                    outbox: public.freshet_outbox
                    outbox-partition: 5s
                    limits:
                      wal-receiver-timeout: 5s
                      status-interval: 500ms
                      connect-timeout: 2s
                      statement-timeout: 4s
                streams:
                  item: { source: shop, table: public.item, partitions: 4 }
                  stock: { source: shop, table: public.stock, partitions: 2 }
                  event: { source: shop, table: public.event, partitions: 2 }
                  bulk: { source: shop, table: public.bulk, partitions: 2 }
                  cash: { source: shop, table: public.cash, partitions: 2 }
                  bank: { source: shop, table: public.bank, partitions: 3 }
                  told: { source: shop, events: true, partitions: 3 }
                http: { port: 0 }
                """.formatted(sourcePort, SOURCE, source.user(), source.password());
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
