package dev.freshet.simulation;

import dev.freshet.model.event.PublishedEvent;
import dev.freshet.simulation.PolledData.Row;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Services that publish by the rows of a polled table. Each row draws a seq as it is written, whatever becomes of its transaction;
 * transactions wait for one another where they publish of the same key, as those do that change the same row.
 */
final class PolledPublisher {
    private static final int SIZES = 8;

    private final PolledServer server;
    private int published;

    PolledPublisher(PolledServer server) {
        this.server = server;
    }

    /** Publishes some events in a new transaction, or goes on with one that is open, or ends it. */
    void something(Random random) {
        if (!server.open.isEmpty() && random.nextBoolean()) {
            goOn(server.open.get(random.nextInt(server.open.size())), random);
            return;
        }
        PolledTx tx = server.begin(random);
        some(tx, random);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                // it stays open
            }
            case 3 -> server.open.remove(tx);
            default -> {
                tx.begun();
                server.show(tx);
            }
        }
    }

    private void goOn(PolledTx tx, Random random) {
        tx.begun();
        if (tx.decided) {
            server.show(tx);
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> server.open.remove(tx);
            case 1 -> tx.prepare();
            case 2, 3 -> tx.decided = true;
            case 4 -> {
                if (!tx.isPrepared()) {
                    some(tx, random);
                }
            }
            default -> server.show(tx);
        }
    }

    private void some(PolledTx tx, Random random) {
        for (int n = 1 + random.nextInt(random.nextInt(8) == 0 ? 9 : 3); n > 0; n--) {
            String stream =
                    SimOutbox.STREAMS.get(random.nextInt(random.nextInt(4) == 0 ? SimOutbox.STREAMS.size() : 2));
            int key = random.nextInt(SimOutbox.KEYS + 1);
            add(tx, stream, key == SimOutbox.KEYS ? null : "k" + key, random.nextInt(SIZES) == 0);
            if (random.nextInt(SIZES) == 0) {
                // a statement that was refused
                server.data.lastSeq++;
            }
        }
    }

    /** Writes a row, unless another transaction has written one of the same key. */
    void add(PolledTx tx, String stream, @Nullable String key, boolean large) {
        if (key != null && server.open.stream().anyMatch(other -> other != tx && other.locks(stream + key))) {
            return;
        }
        PublishedEvent event = SimEvent.told(++published, stream, key, large);
        tx.rows.add(new Row(++server.data.lastSeq, tx.xid, event));
    }

    /** Begins a transaction, which publishes an event. */
    PolledTx begin(String stream, String key, Random random) {
        PolledTx tx = server.begin(random);
        add(tx, stream, key, false);
        return tx;
    }

    /** Commits an event alone. */
    void publish(String stream, String key, Random random) {
        server.show(begin(stream, key, random));
    }
}
