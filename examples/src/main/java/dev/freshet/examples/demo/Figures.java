package dev.freshet.examples.demo;

import dev.freshet.examples.shipping.ShippingService;
import dev.freshet.examples.shop.ShopService;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import dev.freshet.server.ServerStatus.SourceStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Gathers the figures. Belongs to one thread. */
final class Figures {
    private final @Nullable Duration runFor;
    private final long began;
    private final ShopService shop;
    private final ShippingService shipping;
    private final EventFlow events;
    private final Probes probes;
    private final DemoServer server;
    private final Rate transactions = new Rate();
    private final Rate records = new Rate();
    private final Rate changes = new Rate();

    /**
     * Begins to gather.
     *
     * @param runFor how long it is to run with complete copies; null for until it is stopped
     * @param began when the shop began to write, by the nano clock
     */
    Figures(
            @Nullable Duration runFor,
            long began,
            ShopService shop,
            ShippingService shipping,
            EventFlow events,
            Probes probes,
            DemoServer server) {
        this.runFor = runFor;
        this.began = began;
        this.shop = shop;
        this.shipping = shipping;
        this.events = events;
        this.probes = probes;
        this.server = server;
    }

    DemoFigures now() {
        long now = System.nanoTime();
        ServerStatus status = server.status();
        CopyLatency latency = probes.latency();
        LiveCheck check = probes.check();
        DemoKills kills = probes.kills();
        long since = probes.since();
        return new DemoFigures(
                since == 0,
                (now - (since == 0 ? began : since)) / 1_000_000_000L,
                runFor == null ? -1 : runFor.toSeconds(),
                shop.transactions(),
                transactions.sample(now, shop.transactions()),
                records.sample(
                        now,
                        status.sources().stream()
                                .mapToLong(SourceStatus::recordsSent)
                                .sum()),
                changes.sample(
                        now,
                        status.replicas().stream()
                                .mapToLong(ReplicaStatus::changesApplied)
                                .sum()),
                latency == null ? Double.NaN : latency.times().millis(50),
                latency == null ? Double.NaN : latency.times().millis(99),
                latency == null ? 0 : latency.times().total(),
                latency == null ? 0 : latency.unseen(),
                events.now(),
                shipping.answered(),
                check == null ? 0 : check.checked(),
                check == null ? 0 : check.differences(),
                status,
                kills == null ? null : kills.underWay(),
                DemoReport.first(
                        shop.failure(),
                        shipping.failure(),
                        events.failure(),
                        latency == null ? null : latency.failure(),
                        check == null ? null : check.failure(),
                        kills == null ? null : kills.failure()));
    }
}
