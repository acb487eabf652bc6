package dev.freshet.examples.shop;

import io.trino.tpch.Customer;
import io.trino.tpch.CustomerGenerator;
import io.trino.tpch.Distributions;
import io.trino.tpch.LineItem;
import io.trino.tpch.LineItemGenerator;
import io.trino.tpch.Order;
import io.trino.tpch.OrderGenerator;
import io.trino.tpch.TextPool;
import io.trino.tpch.TpchEntity;

/**
 * The data of TPC-H at a scale, generated.
 *
 * <p>Scale 1 has 150,000 customers, 1.5 million orders and 6 million lines. Comments are drawn from a text of 4 MB instead
 * of the standard's 300 MB, which would be most of the memory.
 */
public final class TpchData {
    private static final int TEXT_BYTES = 4 << 20;

    private final double scale;
    private final Distributions distributions = Distributions.getDefaultDistributions();
    private final TextPool text = new TextPool(TEXT_BYTES, distributions);

    /**
     * Creates the data; rows are generated as they are asked for.
     *
     * @param scale above 0, up to 100
     */
    public TpchData(double scale) {
        if (!(scale > 0 && scale <= 100)) {
            throw new IllegalArgumentException("The scale must be above 0 and up to 100, but is " + scale);
        }
        this.scale = scale;
    }

    /** Returns the customers, by ascending key from 1. */
    public Iterable<Customer> customers() {
        return new CustomerGenerator(scale, 1, 1, distributions, text);
    }

    /** Returns the orders, by ascending key, with gaps. */
    public Iterable<Order> orders() {
        return new OrderGenerator(scale, 1, 1, distributions, text);
    }

    /** Returns the lines, by ascending order and line number. */
    public Iterable<LineItem> lines() {
        return new LineItemGenerator(scale, 1, 1, distributions, text);
    }

    /** Returns how many customers there are. */
    public long customerCount() {
        return Math.round(150_000 * scale);
    }

    /** Returns how many orders there are. */
    public long orderCount() {
        return Math.round(1_500_000 * scale);
    }

    /** Returns a row in the text format of COPY with {@code |} between columns, without the end of the line. */
    static String copyLine(TpchEntity row) {
        String line = row.toLine();
        return line.endsWith("|") ? line.substring(0, line.length() - 1) : line;
    }
}
