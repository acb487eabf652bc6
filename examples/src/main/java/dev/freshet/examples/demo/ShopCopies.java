package dev.freshet.examples.demo;

import dev.freshet.examples.shop.EventTables;
import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.examples.shop.PublishWay;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What of the shop the shipping service copies, and the configuration that says so. */
final class ShopCopies {
    private static final Map<String, String> CUSTOMER_COLUMNS =
            columns("c_custkey:id", "c_name:name", "c_address:address", "c_phone:phone", "c_mktsegment:segment");

    /** The copies: customers with chosen columns under other names, orders and lines as they are. */
    static final List<CopiedTable> TABLES = List.of(
            new CopiedTable("customers", "customer", "customer_copy", List.of("c_custkey"), CUSTOMER_COLUMNS),
            new CopiedTable(
                    "orders",
                    "orders",
                    "order_copy",
                    List.of("o_orderkey"),
                    columns(
                            "o_orderkey",
                            "o_custkey",
                            "o_orderstatus",
                            "o_totalprice",
                            "o_orderdate",
                            "o_orderpriority",
                            "o_clerk",
                            "o_shippriority",
                            "o_comment")),
            new CopiedTable(
                    "lines",
                    "lineitem",
                    "lineitem_copy",
                    List.of("l_orderkey", "l_linenumber"),
                    columns(
                            "l_orderkey",
                            "l_linenumber",
                            "l_partkey",
                            "l_suppkey",
                            "l_quantity",
                            "l_extendedprice",
                            "l_discount",
                            "l_tax",
                            "l_returnflag",
                            "l_linestatus",
                            "l_shipdate",
                            "l_commitdate",
                            "l_receiptdate",
                            "l_shipinstruct",
                            "l_shipmode",
                            "l_comment")));

    private ShopCopies() {}

    private static Map<String, String> columns(String... columns) {
        Map<String, String> result = new LinkedHashMap<>();
        for (String column : columns) {
            int colon = column.indexOf(':');
            result.put(
                    colon < 0 ? column : column.substring(0, colon), colon < 0 ? column : column.substring(colon + 1));
        }
        return result;
    }

    /**
     * Returns the configuration of the demonstration; both services have the same password.
     *
     * @param kill whether processes are killed: then Kafka is to notice soon that a replica is gone
     * @param way how the shop publishes its events
     * @param outbox whether the shop has an outbox table
     */
    static String yaml(
            String bootstrapServers,
            String shopUrl,
            String shippingUrl,
            String password,
            int httpPort,
            boolean kill,
            PublishWay way,
            boolean outbox) {
        return """
                # written by `freshet demo` at each start; its servers end with it
                kafka: { bootstrap-servers: "%s"%s }
                sources:
                  shop:
                    url: %s
                    user: shop
                    password: "%s"
                %sstreams:
                  customers:
                    source: shop
                    table: public.customer
                    columns: [c_custkey, c_name, c_address, c_phone, c_mktsegment]
                  orders: { source: shop, table: public.orders, partitions: 2 }
                  lines: { source: shop, table: public.lineitem, partitions: 2 }
                %sreplicas:
                  shipping:
                    streams:
                      customers:
                        table: public.customer_copy
                        columns: { c_custkey: id, c_name: name, c_address: address, c_phone: phone, c_mktsegment: segment }
                      orders: { table: public.order_copy }
                      lines: { table: public.lineitem_copy }
                    url: %s
                    user: shipping
                    password: "%s"
                http: { port: %d }
                """.formatted(
                        bootstrapServers,
                        kill ? ", properties: { session.timeout.ms: 3000 }" : "",
                        shopUrl,
                        password,
                        eventSource(shopUrl, password, way, outbox),
                        eventStream(way),
                        shippingUrl,
                        password,
                        httpPort);
    }

    /** Where the relay finds the events: by the log with all else, or in the outbox table alone, as a source of its own. */
    private static String eventSource(String shopUrl, String password, PublishWay way, boolean outbox) {
        return switch (way) {
            // messages in the log need nothing here; a table of another run may hold what that did not get away
            case OUTBOX, WAL_MESSAGE -> outbox ? "    outbox: " + EventTables.OUTBOX + "\n" : "";
            case POLLING -> """
                      %s:
                        type: polling
                        url: %s
                        user: shop
                        password: "%s"
                        outbox: %s
                    """.formatted(way.source(), shopUrl, password, EventTables.OUTBOX);
            case DIRECT -> "";
        };
    }

    private static String eventStream(PublishWay way) {
        return way.isRelayed()
                ? "  %s: { source: %s, events: true, partitions: %d }\n"
                        .formatted(OrderEvents.STREAM, way.source(), EventFlow.PARTITIONS)
                : "";
    }
}
