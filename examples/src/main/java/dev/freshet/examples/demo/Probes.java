package dev.freshet.examples.demo;

import dev.freshet.examples.shop.ShopService;
import dev.freshet.examples.shop.TpchData;
import dev.freshet.server.ServerStatus.ReplicaStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What asks source and copies while they are live, and kills processes; begins once the copies are complete for the first
 * time. Belongs to one thread.
 */
final class Probes {
    private @Nullable CopyLatency latency;
    private @Nullable LiveCheck check;
    private @Nullable DemoKills kills;
    private long since;

    /** Returns when the copies were first complete, by the nano clock; 0 before. */
    long since() {
        return since;
    }

    /** Returns what measures the way to the copies, or null before it has begun. */
    @Nullable
    CopyLatency latency() {
        return latency;
    }

    /** Returns what compares them while live, or null before it has begun. */
    @Nullable
    LiveCheck check() {
        return check;
    }

    /** Returns what kills processes, or null where none is killed. */
    @Nullable
    DemoKills kills() {
        return kills;
    }

    void startWhenComplete(DemoServer server, DemoServers servers, ShopService shop, EventFlow events, TpchData data)
            throws Exception {
        List<ReplicaStatus> replicas = latency == null ? server.status().replicas() : List.of();
        if (!replicas.isEmpty() && replicas.stream().allMatch(ReplicaStatus::complete)) {
            since = System.nanoTime();
            events.measure();
            latency = CopyLatency.start(servers::shop, servers::shipping, shop);
            check = LiveCheck.start(
                    servers::shop, servers::shipping, "shipping", ShopCopies.TABLES, Math.max(1, data.orderCount()));
            if (server instanceof ChildServer child) {
                kills = DemoKills.start(child, servers.all(), servers::shipping);
            }
        }
    }

    List<String> news() {
        return kills == null ? List.of() : kills.news();
    }

    @Nullable
    String killed() {
        return kills == null ? null : kills.summary();
    }

    void stop() throws InterruptedException {
        // first: what it has killed is to be there for the others to end
        if (kills != null) {
            kills.stop();
        }
        if (latency != null) {
            latency.stop();
        }
        if (check != null) {
            check.stop();
        }
    }
}
