package dev.freshet.bench.suite;

import dev.freshet.bench.BenchException;
import dev.freshet.bench.Measurement;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.OutboxEvents;
import dev.freshet.bench.load.Publishing;
import dev.freshet.bench.load.RouterEvents;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an event costs the transaction that publishes it: business rows are committed alone, with an outbox row of Freshet, with a
 * message in the log, each by itself and together with the commit, and with a row for Debezium's router, in short rounds one after
 * the other, of which the medians count. No relay runs.
 *
 * @param rows a thirtieth of it is committed in a round
 */
record CommitCase(long rows) implements Case {
    private static final int ROUNDS = 7;
    private static final int ROUND_PART = 30;
    private static final double PERCENT = 100;
    private static final String ROUTER = "a row for Debezium's event router";

    @Override
    public String name() {
        return "commit";
    }

    /** What is committed in turn. */
    private static final class Kind {
        private final @Nullable Publishing events;
        private final List<Double> rates = new ArrayList<>();

        Kind(@Nullable Publishing events) {
            this.events = events;
        }

        /** The transactions a second of the median round. */
        double rate() {
            return rates.stream().sorted().toList().get(rates.size() / 2);
        }

        /** Which part of the rate it costs, in percent. */
        double cost(Kind alone) {
            return PERCENT * (1 - rate() / alone.rate());
        }
    }

    @Override
    public void run(Servers servers, Consumer<Measurement> report) throws Exception {
        Kind alone = new Kind(null);
        Kind row = new Kind(OutboxEvents.rows());
        Kind rowAlong = new Kind(OutboxEvents.rows().committing());
        Kind message = new Kind(OutboxEvents.messages());
        Kind messageAlong = new Kind(OutboxEvents.messages().committing());
        RouterEvents others = new RouterEvents();
        Kind router = new Kind(others);
        List<Kind> kinds = List.of(alone, row, rowAlong, message, messageAlong, router);
        try (Scene scene = Scene.create(servers, "commit", OutboxEvents.rows())) {
            others.create(scene.source());
            try (CommitClients clients = CommitClients.open(scene.dataSource(), Scene.FIRST)) {
                // the first round warms up; each has its own order, as what comes before may leave something behind
                for (int i = 0; i <= ROUNDS; i++) {
                    List<Kind> turn = new ArrayList<>(kinds);
                    Collections.shuffle(turn, new Random(i));
                    for (Kind kind : turn) {
                        double rate = clients.rate(Math.max(1, rows / ROUND_PART), kind.events);
                        if (i > 0) {
                            kind.rates.add(rate);
                        }
                    }
                }
            }
            long committed = BenchTable.count(scene.source(), BenchTable.NAME);
            requireRows(scene, scene.load().table(), 2 * (committed / kinds.size()));
            requireRows(scene, others.table(), committed / kinds.size());
        }
        report(report, "an outbox row", row, alone, router);
        report(report, "an outbox row by publishAndCommit", rowAlong, alone, router);
        report(report, "a message in the log", message, alone, router);
        report(report, "a message by publishAndCommit", messageAlong, alone, router);
    }

    private static void requireRows(Scene scene, String table, long wanted) throws SQLException {
        long found = BenchTable.count(scene.source(), table);
        if (found != wanted) {
            throw new BenchException(
                    "The table " + table + " has " + found + " events, but " + wanted + " were committed");
        }
    }

    private static void report(Consumer<Measurement> report, String what, Kind kind, Kind alone, Kind router) {
        report.accept(new Measurement(
                "outbox: commit with " + what,
                "tx/s",
                kind.rate(),
                alone.rate(),
                "the business insert alone",
                Map.of(ROUTER, router.rate())));
        report.accept(new Measurement(
                "outbox: commit, what " + what + " takes of the rate",
                "%",
                kind.cost(alone),
                null,
                "",
                Map.of(ROUTER, router.cost(alone))));
    }
}
