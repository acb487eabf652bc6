package dev.freshet.examples.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The shop's tables, as TPC-H has them, with the keys and references that a service would give them. */
public final class ShopDatabase {
    private static final List<String> TABLES = List.of("""
            CREATE TABLE customer (
                c_custkey bigint PRIMARY KEY,
                c_name varchar(25) NOT NULL,
                c_address varchar(40) NOT NULL,
                c_nationkey integer NOT NULL,
                c_phone char(15) NOT NULL,
                c_acctbal numeric(15,2) NOT NULL,
                c_mktsegment char(10) NOT NULL,
                c_comment varchar(117) NOT NULL)""", """
            CREATE TABLE orders (
                o_orderkey bigint PRIMARY KEY,
                o_custkey bigint NOT NULL,
                o_orderstatus char(1) NOT NULL,
                o_totalprice numeric(15,2) NOT NULL,
                o_orderdate date NOT NULL,
                o_orderpriority char(15) NOT NULL,
                o_clerk char(15) NOT NULL,
                o_shippriority integer NOT NULL,
                o_comment varchar(79) NOT NULL)""", """
            CREATE TABLE lineitem (
                l_orderkey bigint NOT NULL,
                l_partkey bigint NOT NULL,
                l_suppkey bigint NOT NULL,
                l_linenumber integer NOT NULL,
                l_quantity numeric(15,2) NOT NULL,
                l_extendedprice numeric(15,2) NOT NULL,
                l_discount numeric(15,2) NOT NULL,
                l_tax numeric(15,2) NOT NULL,
                l_returnflag char(1) NOT NULL,
                l_linestatus char(1) NOT NULL,
                l_shipdate date NOT NULL,
                l_commitdate date NOT NULL,
                l_receiptdate date NOT NULL,
                l_shipinstruct char(25) NOT NULL,
                l_shipmode char(10) NOT NULL,
                l_comment varchar(44) NOT NULL,
                PRIMARY KEY (l_orderkey, l_linenumber))""");
    private static final List<String> REFERENCES = List.of(
            "ALTER TABLE orders ADD FOREIGN KEY (o_custkey) REFERENCES customer",
            "ALTER TABLE lineitem ADD FOREIGN KEY (l_orderkey) REFERENCES orders",
            "ANALYZE");

    private ShopDatabase() {}

    /** Makes the empty tables. */
    public static void create(Connection connection) throws SQLException {
        execute(connection, TABLES);
    }

    /** Adds the references between the tables, once they are filled, and gathers statistics. */
    public static void addReferences(Connection connection) throws SQLException {
        execute(connection, REFERENCES);
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
