package dev.freshet.direct;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which keys may have rows in the table, so that their later events go behind them. Holds some; where there are more, every key
 * may have rows, and each is asked for. Belongs to the loop's thread.
 *
 * <p>Rows are sent by other processes too, and nobody tells of that. So the table is read again and again while keys are held. A
 * reading has its turn among the writings of the {@link Keeper}: it shows what those before it have written, and what those behind
 * it write is added to it.
 */
final class KeptKeys {
    /** How many it holds. */
    static final int MOST = 10_000;

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    /** A long table is not read all the time: no reading takes more than a tenth of the keeper's. */
    private static final int PAUSES_PER_READING = 9;

    private final LanePorts.Tasks loop;
    private final Optional<? extends LanePorts.Undelivered> keeper;
    private final int most;
    private Set<String> hashes = new HashSet<>();
    /** Whether keys beyond those have rows. */
    private boolean more;

    private boolean looks;
    private boolean ended;
    private int failed;

    /**
     * Creates it.
     *
     * @param keeper reads the table; empty if there is none
     * @param most how many keys it holds
     */
    KeptKeys(LanePorts.Tasks loop, Optional<? extends LanePorts.Undelivered> keeper, int most) {
        this.loop = loop;
        this.keeper = keeper;
        this.most = most;
    }

    /** Begins with what the table has. */
    void begin(Set<String> found) {
        replace(found);
        lookLater(PAUSE_NANOS);
    }

    private void replace(Set<String> found) {
        more = found.size() > most;
        hashes = more ? new HashSet<>() : new HashSet<>(found);
    }

    /** Returns whether a lane's key may have rows. */
    boolean mayHave(Lane lane) {
        return lane.hash()
                .filter(hash -> lane.unsure || hashes.contains(hash) || (more && !lane.free))
                .isPresent();
    }

    /** Notes that rows of a lane were written. */
    void kept(Lane lane) {
        lane.unsure = false;
        lane.free = false;
        if (more || lane.hash().isEmpty()) {
            return;
        }
        hashes.add(lane.hash().get());
        if (hashes.size() > most) {
            more = true;
            hashes = new HashSet<>();
        }
        lookLater(PAUSE_NANOS);
    }

    /** Notes that a lane's key has no rows. */
    void free(Lane lane) {
        lane.unsure = false;
        lane.free = true;
        lane.hash().ifPresent(hashes::remove);
    }

    /** Notes that a lane's rows were written or not: the commit failed, and may have been done. */
    void unsure(Lane lane) {
        lane.unsure = true;
    }

    /** Returns how many keys it holds. */
    int size() {
        return hashes.size();
    }

    /** Reads no more. */
    void end() {
        ended = true;
    }

    private void lookLater(long pause) {
        if (!looks && !ended && (more || !hashes.isEmpty()) && keeper.isPresent()) {
            looks = loop.schedule(this::look, pause);
        }
    }

    private void look() {
        if (ended) {
            return;
        }
        long began = System.nanoTime();
        keeper.orElseThrow().read(most + 1, found -> loop.execute(() -> looked(found, System.nanoTime() - began)));
    }

    private void looked(Optional<Set<String>> found, long nanos) {
        looks = false;
        failed = found.isPresent() ? 0 : failed + 1;
        found.ifPresent(this::replace);
        long pause = Math.max(PAUSE_NANOS, PAUSES_PER_READING * nanos);
        lookLater(failed > 0 ? Math.max(pause, Backoff.nanos(failed)) : pause);
    }
}
