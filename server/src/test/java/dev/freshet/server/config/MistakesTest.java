package dev.freshet.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of each mistake, word for word: the documented example with one change each. */
class MistakesTest {
    static List<Arguments> mistakes() {
        return List.of(
                mistake(
                        "    user: freshet\n",
                        "    usr: freshet\n",
                        "sources.shop.usr: unknown key; did you mean 'user'? (allowed here: type, url, user, password, slot,"
                                + " publication, ledger, outbox, outbox-retention, outbox-partition, poll-interval,"
                                + " dead-letter-topic, dead-letter-max-size, failed-keys, parked-letters-limit, parked-keys-limit,"
                                + " max-retained-wal, on-loss, limits)",
                        "sources.shop.user: is missing; it must be a name of 1 to 63 bytes without NUL, as it stands in the"
                                + " catalog"),
                mistake(
                        "type: postgresql",
                        "type: postgres",
                        "sources.shop.type: 'postgres' is not allowed; allowed: postgresql, polling; did you mean 'postgresql'?"),
                mistake(
                        "type: postgresql",
                        "type: polling",
                        "sources.shop.outbox: is missing; with `type: polling` it must be schema.table, such as public.orders, here the"
                                + " table that is polled, as the migration of `freshet-outbox` makes it",
                        "streams.customers.events: must be true: source 'shop' is polled, which gives streams of events only; set"
                                + " it, or capture the table from a source of `type: postgresql`",
                        "streams.orders.events: must be true: source 'shop' is polled, which gives streams of events only; set it,"
                                + " or capture the table from a source of `type: postgresql`"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "jdbc:mariadb://localhost/shop",
                        "sources.shop.url: is not one of a PostgreSQL database, whose log could be read; set `type: polling` to have"
                                + " an outbox table polled"),
                mistake(
                        "    user: freshet\n",
                        "    user: freshet\n    poll-interval: 1s\n",
                        "sources.shop.poll-interval: stands only with `type: polling`; take it out, or set that"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "postgresql://localhost:5432/shop",
                        "sources.shop.url: the value is not allowed; allowed: a JDBC URL such as"
                                + " jdbc:postgresql://host:5432/database or jdbc:mariadb://host:3306/database, without the parameters user, password, replication,"
                                + " preferQueryMode, assumeMinServerVersion, binaryTransfer, binaryTransferEnable; did you mean 'jdbc:postgresql:…'?"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "jdbc:postgresql://freshet:top-secret@localhost:5432/shop",
                        "sources.shop.url: the value is not allowed; allowed: a JDBC URL such as"
                                + " jdbc:postgresql://host:5432/database or jdbc:mariadb://host:3306/database, without the parameters user, password, replication,"
                                + " preferQueryMode, assumeMinServerVersion, binaryTransfer, binaryTransferEnable; write what stands before the '@' as the settings user and password"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "jdbc:postgresql://localhost:5432/shop?ssl=true&password=top-secret",
                        "sources.shop.url: the value is not allowed; allowed: a JDBC URL such as"
                                + " jdbc:postgresql://host:5432/database or jdbc:mariadb://host:3306/database, without the parameters user, password, replication,"
                                + " preferQueryMode, assumeMinServerVersion, binaryTransfer, binaryTransferEnable; take out password"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "jdbc:postgresql://localhost:port/shop",
                        "sources.shop.url: the value is not allowed; allowed: a JDBC URL such as"
                                + " jdbc:postgresql://host:5432/database or jdbc:mariadb://host:3306/database, without the parameters user, password, replication,"
                                + " preferQueryMode, assumeMinServerVersion, binaryTransfer, binaryTransferEnable; write it in"
                                + " this form; its parameters begin with a '?', and a '/' or '&' in a name is %2F or %26"),
                mistake(
                        "jdbc:postgresql://localhost:5432/shop",
                        "jdbc:postgresql://localhost:5432/shop?sslpassword=top-secret%zz",
                        "sources.shop.url: the value is not allowed; allowed: a JDBC URL such as"
                                + " jdbc:postgresql://host:5432/database or jdbc:mariadb://host:3306/database, without the parameters user, password, replication,"
                                + " preferQueryMode, assumeMinServerVersion, binaryTransfer, binaryTransferEnable; write a '%'"
                                + " that begins no code such as %20 as %25"),
                mistake(
                        "${SHOP_PASSWORD}",
                        "${SHOP_PASSWRD}",
                        "sources.shop.password: the environment variable SHOP_PASSWRD is not set; set it, or write"
                                + " ${SHOP_PASSWRD:-default} for a default"),
                mistake(
                        "password: ${SHOP_PASSWORD}",
                        "password: 12",
                        "sources.shop.password: the value is not text; put it in quotes"),
                mistake(
                        "password: ${SHOP_PASSWORD}",
                        "password:",
                        "sources.shop.password: has no value; write one, or leave the key out"),
                mistake(
                        "table: public.orders",
                        "table: orders",
                        "streams.orders.table: 'orders' is not allowed; allowed: schema.table, such as public.orders"),
                mistake(
                        "table: public.orders",
                        "table: public.customer",
                        "streams.orders.table: the table 'shop' : 'public.customer' is already that of streams.customers; each"
                                + " needs one of its own"),
                mistake(
                        "partitions: 4",
                        "partitions: 0",
                        "streams.orders.partitions: '0' is not allowed; allowed: a whole number from 1 to 10000"),
                mistake(
                        "partitions: 4",
                        "min-compaction-lag: weekly",
                        "streams.orders.min-compaction-lag: 'weekly' is not allowed; allowed: a duration (ms, s, m, h, d) from"
                                + " 1s to 365d"),
                mistake(
                        "partitions: 4",
                        "replication-factor: 2, min-insync-replicas: 3",
                        "streams.orders.min-insync-replicas: '3' is more than replication-factor, 2: nothing could be"
                                + " written; lower it or raise the factor"),
                mistake(
                        "partitions: 4",
                        "columns: [o_custkey], key: [o_orderkey]",
                        "streams.orders.key[0]: 'o_orderkey' is not among columns; add it there: every record needs its key"),
                mistake(
                        "partitions: 4",
                        "topic: shop.customers",
                        "streams.orders.topic: the topic 'shop.customers' is already that of streams.customers; each needs one"
                                + " of its own"),
                mistake(
                        "table: public.orders, partitions: 4",
                        "events: true, table: public.orders, headers: minimal",
                        "streams.orders.table: belongs to a table's stream, and this one is of events: take it out, or"
                                + " `events`",
                        "streams.orders.headers: belongs to a table's stream, and this one is of events: take it out, or"
                                + " `events`"),
                mistake(
                        "partitions: 4",
                        "retention: 7d",
                        "streams.orders.retention: stands only with `events: true`; take it out, or add that"),
                mistake(
                        "orders: { source: shop, table: public.orders, partitions: 4 }",
                        "orders: { topic: a.b, partitions: 4 }",
                        "streams.orders.partitions: stands only with `source`; add `source: NAME` to capture the stream here,"
                                + " or take this out: the capturing Freshet decides it"),
                mistake(
                        "{ c_custkey: id, c_name: name, c_address: address }",
                        "{ c_custkey: id, c_nme: name }",
                        "replicas.shipping-customers.streams.customers.columns.c_nme: the stream 'customers' does not publish a"
                                + " column 'c_nme'; did you mean 'c_name'? (by streams.customers.columns it publishes:"
                                + " c_custkey, c_name, c_address); correct it here, or there if it is misspelt there"),
                mistake(
                        "{ c_custkey: id, c_name: name, c_address: address }",
                        "{ c_custkey: id, c_name: id }",
                        "replicas.shipping-customers.streams.customers.columns.c_name: 'id' is already the column for"
                                + " 'c_custkey'; give each column a name of its own"),
                mistake(
                        "    user: freshet\n",
                        "    user: freshet\n    limits: { batch-records: 0, batch-size: 8, commit-intervall: 5ms,"
                                + " status-interval: 10s, wal-receiver-timeout: 20s }\n",
                        "sources.shop.limits.commit-intervall: unknown key; did you mean 'commit-interval'? (allowed here:"
                                + " batch-records, batch-size, commit-interval, commit-linger, retry-timeout, topic-check-interval,"
                                + " topic-doubt-timeout, sample-interval, heartbeat-interval, status-interval, connect-timeout, statement-timeout,"
                                + " wal-receiver-timeout, snapshot-readers, snapshot-rows,"
                                + " snapshot-max-rows-per-second, ledger-replication-factor)",
                        "sources.shop.limits.batch-records: '0' is not allowed; allowed: a whole number from 1 to 1000000",
                        "sources.shop.limits.batch-size: '8' is not allowed; allowed: a size (kB, MB, GB, TB) from 64kB to"
                                + " 256MB",
                        "sources.shop.limits.wal-receiver-timeout: '20s' must be more than twice status-interval, 10s: the"
                                + " server would count as gone before it was asked"),
                mistake(
                        "    user: shipping\n",
                        "    user: shipping\n    show-data: maybe\n    limits: { retry-backoff: 10m, freshness-interval: 10s,"
                                + " lock-timeout: 5 }\n",
                        "replicas.shipping-customers.show-data: 'maybe' is not allowed; allowed: true, false",
                        "replicas.shipping-customers.limits.lock-timeout: '5' is not allowed; allowed: a duration (ms, s, m,"
                                + " h, d) from 100ms to 1h",
                        "replicas.shipping-customers.limits.retry-backoff-max: '5m' is below retry-backoff, 10m; raise it, or"
                                + " lower that",
                        "replicas.shipping-customers.limits.freshness-timeout: '10s' must be more than freshness-interval, 10s:"
                                + " each report would expire before the next"),
                mistake(
                        "      customers: { table",
                        "      customer: { table",
                        "replicas.shipping-customers.streams.customer: there is no stream 'customer'; did you mean 'customers'?"
                                + " (streams: customers, orders)"),
                mistake(
                        "properties: {}",
                        "properties: { isolation.level: read_uncommitted }",
                        "kafka.properties.isolation.level: is set by Freshet itself: what was not committed must not be read;"
                                + " take it out"),
                mistake(
                        "shipping-customers:",
                        "Shipping:",
                        "replicas.Shipping: The replica name 'Shipping' is not allowed: use a lower-case letter, then up to 48"
                                + " lower-case letters, digits, '_' or '-' (freshet-dead-letters,"
                                + " freshet-ledger, freshet-outbox are reserved)"),
                mistake(
                        "port: 8400",
                        "prt: 8400",
                        "http.prt: unknown key; did you mean 'port'? (allowed here: port, host, live-limit)"),
                mistake(
                        "port: 8400",
                        "port:8400",
                        "http.port:8400: unknown key; a space is missing after 'port:' (allowed here: port, host, live-limit)"),
                mistake(
                        "    user: shipping\n",
                        "    user: shipping\n    batch-rows: 5\n",
                        "replicas.shipping-customers.batch-rows: unknown key; it belongs into limits: { batch-rows: … }"
                                + " (allowed here: streams, url, user, password, group, schema, consistency, dead-letter-topic,"
                                + " dead-letter-limit, show-data, limits)"),
                mistake(
                        "    user: shipping\n",
                        "    user: shipping\n    consistency: per-transaction\n    dead-letter-topic: dead\n",
                        "replicas.shipping-customers.dead-letter-topic: stands only with `consistency: per-key`: a copy that"
                                + " shows whole transactions cannot leave out a row; take it out, or set per-key"),
                mistake(
                        "    user: shipping\n",
                        "    user: shipping\n    dead-letter-topic: shop.customers\n    dead-letter-limit: 0\n",
                        "replicas.shipping-customers.dead-letter-limit: '0' is not allowed; allowed: a whole number from 1 to"
                                + " 1000000",
                        "replicas.shipping-customers.dead-letter-topic: 'shop.customers' is the topic or the ledger of stream"
                                + " 'customers', which only its relay may write to; name another"),
                mistake(
                        "{ table: public.customer_copy, columns: { c_custkey: id, c_name: name, c_address: address } }",
                        "",
                        "replicas.shipping-customers.streams.customers: is empty; write {} for all defaults, or some of: table,"
                                + " columns"),
                mistake(
                        "{ c_custkey: id, c_name: name, c_address: address }",
                        "{ c_custkey, c_name: name }",
                        "replicas.shipping-customers.streams.customers.columns.c_custkey: has no value; it must be a name of 1"
                                + " to 63 bytes without NUL, as it stands in the catalog"),
                mistake(
                        "http: { port: 8400 }",
                        "log: { format: xml }",
                        "log.format: 'xml' is not allowed; allowed: text, json"),
                mistake(
                        "kafka:\n  bootstrap-servers: localhost:9092     # or `embedded`\n  properties: {}                        # passed to every Kafka client\n",
                        "",
                        "kafka: is missing; it must be bootstrap-servers and properties"));
    }

    private static Arguments mistake(String from, String to, String... messages) {
        return Arguments.of(from, to, List.of(messages));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistake_isToldWithPathValueAndWhatIsAllowed(String from, String to, List<String> messages) {
        String yaml = ConfigurationFileTest.EXAMPLE.replace(from, to);
        InvalidConfigurationException e = assertThrows(
                InvalidConfigurationException.class,
                () -> ConfigurationFile.parse("freshet.yaml", yaml, ConfigurationFileTest.ENVIRONMENT));
        assertEquals(messages, e.mistakes().stream().map(Mistake::toString).toList());
    }
}
