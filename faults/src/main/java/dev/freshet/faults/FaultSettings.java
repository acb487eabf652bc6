package dev.freshet.faults;

import dev.freshet.embedded.EmbeddedPostgres;

/**
 * The configurations of the processes, with time-outs so short that a fault of seconds is longer than all of them, and half
 * open connections are noticed.
 */
final class FaultSettings {
    static final String SOURCE = "shop";
    static final String TARGET = "shipping";
    static final String REPLICA = "copies";

    /** A relay or replica that stands still for longer has lost its slot, its partitions and its transaction. */
    static final long TAKEN_OVER_MILLIS = 7_000;

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
                http: { port: 0 }
                """.formatted(sourcePort, SOURCE, source.user(), source.password());
    }

    /** Returns the configuration of an instance of the replica. */
    static String replica(int kafkaPort, int targetPort, EmbeddedPostgres target) {
        return KAFKA.formatted(kafkaPort)
                + """
                streams:
                  item: { topic: shop.item }
                  stock: { topic: shop.stock }
                  event: { topic: shop.event }
                  bulk: { topic: shop.bulk }
                replicas:
                  %s:
                    streams:
                      item: { table: public.item }
                      stock: { table: public.stock }
                      event: { table: public.event }
                      bulk: { table: public.bulk }
                    url: "jdbc:postgresql://127.0.0.1:%d/%s"
                    user: "%s"
                    password: "%s"
                    limits:
                      connect-timeout: 2s
                      lock-timeout: 2s
                      idle-in-transaction-session-timeout: 3s
                      tcp-user-timeout: 3s
                      freshness-interval: 300ms
                      freshness-timeout: 5s
                      ledger-timeout: 10s
                      retry-backoff: 500ms
                      retry-backoff-max: 5s
                http: { port: 0 }
                """.formatted(REPLICA, targetPort, TARGET, target.user(), target.password());
    }
}
