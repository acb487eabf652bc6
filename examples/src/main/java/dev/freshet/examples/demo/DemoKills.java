package dev.freshet.examples.demo;

import dev.freshet.embedded.EmbeddedServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Kills one process after the other with {@code kill -9}, starts each again, and measures when the copies were complete again,
 * for something that was committed after the kill.
 */
final class DemoKills {
    private static final long PAUSE_MILLIS = 2_500;
    private static final long LOOK_MILLIS = 50;
    private static final String COMPLETE_SINCE =
            "SELECT bool_and(complete AND complete_to > ?) FROM freshet.freshness WHERE replica = 'shipping'";

    private final List<Victim> victims;
    private final Callable<Connection> copy;
    private final Thread thread = new Thread(this::work, "kills");
    private final List<Long> recoveries = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<String> news = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private final AtomicInteger kills = new AtomicInteger();
    private volatile @Nullable Victim down;
    private volatile long downSince;
    private volatile @Nullable Exception failure;

    /** A process by its name. */
    private record Victim(String name, Step kill, Step restart) {}

    /** Something that is done to it. */
    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private DemoKills(List<Victim> victims, Callable<Connection> copy) {
        this.victims = victims;
        this.copy = copy;
        this.thread.setDaemon(true);
    }

    /**
     * Begins.
     *
     * @param server the relay and the replica
     * @param servers the database and Kafka
     * @param copy gives connections to the copies
     */
    static DemoKills start(ChildServer server, List<EmbeddedServer> servers, Callable<Connection> copy) {
        List<Victim> victims = new ArrayList<>();
        victims.add(new Victim("Freshet (relay and replica)", server::kill, server::restart));
        servers.forEach(s -> victims.add(new Victim(s.name(), s::kill, s::restart)));
        DemoKills kills = new DemoKills(victims, copy);
        kills.thread.start();
        return kills;
    }

    private void work() {
        try {
            for (int i = 0; !stopping; i++) {
                pause(PAUSE_MILLIS);
                if (!stopping) {
                    kill(victims.get(i % victims.size()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure = e;
        }
    }

    private void kill(Victim victim) throws IOException, InterruptedException {
        victim.kill().run();
        Instant killed = Instant.now();
        long since = System.nanoTime();
        downSince = since;
        down = victim;
        kills.incrementAndGet();
        victim.restart().run();
        while (!completeSince(killed)) {
            if (stopping) {
                down = null;
                news.add(victim.name() + " was killed -9; the end comes before the copies are complete again");
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        down = null;
        long millis = (System.nanoTime() - since) / 1_000_000;
        recoveries.add(millis);
        news.add(DemoText.format(
                "%s was killed -9; the copies are complete again after %.1f s", victim.name(), millis / 1000.0));
    }

    private boolean completeSince(Instant killed) {
        try (Connection c = copy.call();
                PreparedStatement s = c.prepareStatement(COMPLETE_SINCE)) {
            s.setTimestamp(1, Timestamp.from(killed));
            try (ResultSet row = s.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException away) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("The copies could not be asked", e);
        }
    }

    private void pause(long millis) throws InterruptedException {
        for (long left = millis; left > 0 && !stopping; left -= LOOK_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** Returns what has happened since the last call, in words. */
    List<String> news() {
        List<String> all = new ArrayList<>();
        news.drainTo(all);
        return all;
    }

    /** Returns who was killed how long ago, while the copies are not complete again. */
    @Nullable
    String underWay() {
        Victim victim = down;
        return victim == null
                ? null
                : DemoText.format("%s killed %.0f s ago", victim.name(), (System.nanoTime() - downSince) / 1e9);
    }

    /** Returns a sentence about all of it. */
    String summary() {
        List<Long> all = List.copyOf(recoveries);
        if (all.isEmpty()) {
            return DemoText.format(
                    "%d processes were killed with kill -9; the demo ended before the copies were complete again.",
                    kills.get());
        }
        return DemoText.format(
                "%d processes were killed with kill -9; after %s the copies were complete again, after %.1f s on average, %.1f s"
                        + " at most.",
                kills.get(),
                all.size() == kills.get() ? "each" : all.size() + " of them",
                all.stream().mapToLong(Long::longValue).average().orElseThrow() / 1000,
                all.stream().mapToLong(Long::longValue).max().orElseThrow() / 1000.0);
    }

    @Nullable
    Exception failure() {
        return failure;
    }

    /** Stops, and waits until all that was killed has been started again. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
