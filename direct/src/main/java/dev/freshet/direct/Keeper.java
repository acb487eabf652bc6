package dev.freshet.direct;

import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** Writes events into the table, those that wait in one transaction, and reads whose they are. Has a thread of its own; may be called by any. */
final class Keeper implements LanePorts.Undelivered {
    private final SeldomLog log = new SeldomLog(LoggerFactory.getLogger(Keeper.class));
    private final SeldomLog outages = SeldomLog.ofOutages();

    private final EventLoop thread;
    private final UndeliveredTable table;
    private List<Order> waiting = new ArrayList<>();

    Keeper(EventLoop thread, UndeliveredTable table) {
        this.thread = thread;
        this.table = table;
    }

    /** What has become of an order. */
    enum Result {
        /** The events are in the table. */
        KEPT,
        /** They are not, since no earlier one of their key is there any more. */
        FREE,
        /** They are not, since the database failed. */
        FAILED
    }

    /**
     * Events of one key to be kept.
     *
     * @param entries the events, in order
     * @param unlessFree the key that must have rows, or else nothing is written; empty to write them anyway
     * @param answer told the result on the keeper's thread
     */
    record Order(List<Entry> entries, Optional<String> unlessFree, Consumer<Result> answer) {}

    @Override
    public void read(int most, Consumer<Optional<Set<String>>> answer) {
        thread.execute(() -> {
            Optional<Set<String>> keys;
            try {
                keys = Optional.of(table.keys(most));
            } catch (FreshetException e) {
                tell("It could not be read which keys have kept events; it is tried again: ", e);
                keys = Optional.empty();
            }
            answer.accept(keys);
        });
    }

    @Override
    public void keep(Order order) {
        synchronized (this) {
            waiting.add(order);
            if (waiting.size() > 1) {
                return; // the task that was given for the first one takes it too
            }
        }
        thread.execute(this::write);
    }

    private void write() {
        List<Order> orders;
        synchronized (this) {
            orders = waiting;
            waiting = new ArrayList<>();
        }
        try {
            answer(orders, write(orders));
        } catch (FreshetException e) {
            if (orders.size() == 1) {
                failed(orders.get(0), e);
            } else {
                orders.forEach(this::writeAlone); // one that the database refuses must not keep the others
            }
        }
    }

    private void writeAlone(Order order) {
        try {
            answer(List.of(order), write(List.of(order)));
        } catch (FreshetException e) {
            failed(order, e);
        }
    }

    private List<Result> write(List<Order> orders) {
        return table.transact("Keeping events", connection -> {
            List<Result> results = new ArrayList<>();
            for (Order order : orders) {
                if (order.unlessFree().isPresent()
                        && !table.has(connection, order.unlessFree().get())) {
                    results.add(Result.FREE);
                } else {
                    table.insert(connection, order.entries());
                    results.add(Result.KEPT);
                }
            }
            return results;
        });
    }

    private static void answer(List<Order> orders, List<Result> results) {
        for (int i = 0; i < orders.size(); i++) {
            orders.get(i).answer().accept(results.get(i));
        }
    }

    private void failed(Order order, FreshetException e) {
        tell(order.entries().size() + " events could not be kept and are tried again: ", e);
        order.answer().accept(Result.FAILED);
    }

    private void tell(String what, FreshetException e) {
        (e instanceof RetriableException ? outages : log).warn(what + e.getMessage());
    }

    void stop() {
        thread.stop();
    }
}
