package dev.freshet.simulation;

import dev.freshet.capture.polling.Writer;
import dev.freshet.simulation.PolledData.Row;
import dev.freshet.simulation.Rules.Rule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A simulated database with an outbox table that is polled: its disk, its transactions, its sessions, and its backups. */
final class PolledServer {
    private static final int BACKUPS = 4;
    private static final int SKEW_MINUTES = 180;
    /** By how much counters may be off after a restart. */
    private static final int LEAP = 4;

    private final InstantSource clock;
    final Rules rules;
    /** Whether it clears by seq, and tells statements from transactions, as InnoDB; else as PostgreSQL. */
    final boolean innoDb;

    PolledData data = new PolledData();
    final List<PolledTx> open = new ArrayList<>();
    private final List<PolledData> backups = new ArrayList<>();
    /** Those of later moments than the one that it was last set back to. */
    private final List<PolledData> abandoned = new ArrayList<>();

    private final Map<Integer, PolledData> followed = new HashMap<>();
    /** Which run of the server it is; sessions of another one are lost. */
    int run;
    /** The session that holds the lock of the one that numbers; null for none. */
    @Nullable
    SimPolledSession lockHolder;

    /** How often it was set back, or its slot was lost. */
    int losses;

    private Duration skew = Duration.ZERO;
    private boolean skewed;
    private int sessions;
    private int identities;
    /** From which number on what was numbered is not on the disk, where that is not waited for. */
    long unsafeFrom = Long.MAX_VALUE;
    /** Told of the rows that are about to be taken away. */
    Consumer<Collection<UUID>> onClear = ids -> {};

    PolledServer(InstantSource clock, Rules rules, boolean innoDb) {
        this.clock = clock;
        this.rules = rules;
        this.innoDb = innoDb;
    }

    int newSession() {
        return ++sessions;
    }

    String newIdentity() {
        return "db" + ++identities;
    }

    /** Returns the time by the database's clock, in microseconds. */
    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant().plus(skew));
    }

    /** Sets its clock, forth or back. */
    void setClock(Random random) {
        skew = Duration.ofMinutes(random.nextInt(2 * SKEW_MINUTES) - (long) SKEW_MINUTES);
        skewed = true;
    }

    /** Returns whether its clock never was another than the world's. */
    boolean isOnTime() {
        return !skewed;
    }

    /**
     * The log of the server as it is now is followed under an epoch. If it was set back and nothing was missing, it is not set back
     * once more, to what was given up: numbers that mean one thing here and another there could not be told apart.
     */
    void followed(int epoch) {
        PolledData before = followed.put(epoch, data);
        if (before != null && before != data) {
            backups.removeAll(abandoned);
        }
    }

    /** Returns what an epoch follows. */
    PolledData data(int epoch) {
        return followed.getOrDefault(epoch, data);
    }

    PolledTx begin(Random random) {
        boolean statement = innoDb && random.nextBoolean();
        PolledTx tx =
                new PolledTx(data.nextXid++, newSession(), statement ? Writer.Kind.STATEMENT : Writer.Kind.TRANSACTION);
        open.add(tx);
        return tx;
    }

    /** Ends a transaction, so that it can be seen. */
    void show(PolledTx tx) {
        open.remove(tx);
        data.commit(tx.rows, clock.instant());
    }

    /** What was committed can be seen. */
    void showDecided() {
        open.stream().filter(tx -> tx.decided).toList().forEach(this::show);
    }

    /** Commits all that is open. */
    void commitAll() {
        List.copyOf(open).forEach(this::show);
    }

    /** Returns who writes. */
    List<Writer> writers() {
        return open.stream()
                .filter(tx -> !tx.decided || rules.hold(Rule.WRITE_UNTIL_SHOWN))
                .map(PolledTx::writer)
                .filter(w -> w.kind() != Writer.Kind.DETACHED || rules.hold(Rule.TELL_PREPARED))
                .filter(w -> w.kind() != Writer.Kind.STATEMENT || rules.hold(Rule.TELL_STATEMENTS))
                .toList();
    }

    /** Returns what a new snapshot shows. */
    String snapshot() {
        String running =
                open.stream().map(tx -> tx.xid).sorted().map(String::valueOf).collect(Collectors.joining(","));
        long least = open.stream().mapToLong(tx -> tx.xid).min().orElse(data.nextXid);
        return least + ":" + data.nextXid + ":" + running;
    }

    /** Takes rows away; returns how many there were. */
    int clear(List<Row> rows) {
        if (!rows.isEmpty()) {
            onClear.accept(rows.stream().map(Row::id).toList());
            rows.forEach(row -> data.table.remove(row.seq()));
            data.changes++;
        }
        return rows.size();
    }

    /** Makes a backup. */
    void backUp() {
        backups.add(data.copy());
        if (backups.size() > BACKUPS) {
            abandoned.remove(backups.remove(0));
        }
    }

    /** Ends the session that holds the lock, as the database does with one of which it does not hear. */
    void freeLock() {
        lockHolder = null;
    }

    /** Hears of the end of whoever holds the lock and is not there any more. */
    void freeLostLock() {
        if (lockHolder != null && lockHolder.isClosed()) {
            freeLock();
        }
    }

    private void endSessions() {
        run++;
        lockHolder = null;
    }

    /** All sessions are lost, and what had not committed. */
    void restart(Random random) {
        endSessions();
        open.removeIf(tx -> !tx.isSafe());
        showDecided();
        if (unsafeFrom < data.next()) {
            data.forgetFrom(unsafeFrom);
        }
        long seq = Math.max(
                data.commits.stream().mapToLong(s -> s.row().seq()).max().orElse(0),
                open.stream()
                        .flatMap(tx -> tx.rows.stream())
                        .mapToLong(Row::seq)
                        .max()
                        .orElse(0));
        long xid = Math.max(
                data.commits.stream().mapToLong(s -> s.row().xid()).max().orElse(0),
                open.stream().mapToLong(tx -> tx.xid).max().orElse(0));
        // of what had not committed the database knows nothing, or has been told before how far it may count
        data.lastSeq =
                innoDb ? Math.max(seq, data.lastSeq - random.nextInt(LEAP)) : data.lastSeq + random.nextInt(LEAP);
        data.nextXid = Math.max(xid + 1, data.nextXid - random.nextInt(LEAP));
    }

    /** It is set back to a backup, if there is one. */
    void restore(Random random) {
        if (!backups.isEmpty()) {
            int chosen = random.nextInt(backups.size());
            PolledData former = backups.get(chosen);
            abandoned.addAll(backups.subList(chosen + 1, backups.size()));
            endSessions();
            open.clear();
            data = former.copy();
            unsafeFrom = Long.MAX_VALUE;
            losses++;
        }
    }

    /** Its slot is taken away. */
    void loseSlot() {
        if (data.slot != null) {
            data.slot = null;
            losses++;
        }
    }
}
