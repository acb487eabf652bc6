package dev.freshet.simulation;

import dev.freshet.model.ledger.TimelineRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes a source another history, as restores, failovers and the loss of a slot do. */
final class Restores {
    /** How far back a restore goes, in transactions. */
    private static final int BACK = 12;

    private final SimDatabase db;
    private long timelines = 1;
    private int systems = 7;

    Restores(SimDatabase db) {
        this.db = db;
    }

    /** Does one of them. */
    void something(Random random) {
        long lsn = earlier(random);
        switch (random.nextInt(6)) {
            case 0 -> db.slotDropped = db.confirmed >= 0;
            case 1 -> db.confirmed = db.confirmed < 0 ? db.confirmed : db.end;
            case 2 -> volume(lsn, false, random);
            case 3 -> volume(lsn, true, random);
            case 4 -> promote(lsn, random.nextBoolean(), random);
            default -> otherServer(lsn, random);
        }
    }

    private long earlier(Random random) {
        List<SimTx> log = db.log();
        return log.isEmpty()
                ? db.end
                : log.get(Math.max(0, log.size() - 1 - random.nextInt(BACK))).endLsn();
    }

    /**
     * Restores the server's files of an earlier moment.
     *
     * @param withSlot whether the slot is restored as well, if it was there already
     */
    void volume(long lsn, boolean withSlot, Random random) {
        cutAt(lsn, withSlot, random);
        for (TimelineRecord t : db.timelines) {
            if (t.switchLsn() > lsn) {
                db.timeline = t.timeline();
                break;
            }
        }
        leftBefore(lsn);
        // what tells of it passes once the log has grown beyond what is published
        db.sealed = db.confirmed >= 0;
    }

    /**
     * A stand-by that has the log up to a position becomes the server.
     *
     * @param synced whether it has the slot
     */
    void promote(long lsn, boolean synced, Random random) {
        cutAt(lsn, synced, random);
        long left = db.timelines.stream()
                .filter(t -> t.switchLsn() > lsn)
                .mapToLong(TimelineRecord::timeline)
                .findFirst()
                .orElse(db.timeline);
        leftBefore(lsn);
        List<TimelineRecord> all = new ArrayList<>(db.timelines);
        all.add(new TimelineRecord(db.system, left, lsn));
        db.timelines = List.copyOf(all);
        db.timeline = ++timelines;
    }

    /** The rows of an earlier moment are loaded into another server. */
    private void otherServer(long lsn, Random random) {
        db.copyOf(lsn, 1_000 + 8L * random.nextInt(500));
        db.dropSlot();
        db.system = Integer.toString(++systems);
        db.timelines = List.of();
        db.timeline = 1;
    }

    private void cutAt(long lsn, boolean withSlot, Random random) {
        boolean there = withSlot && db.confirmed >= 0 && !db.slotDropped && lsn >= db.slotMadeAt;
        long confirmed = Math.min(db.confirmed, lsn);
        db.cutAt(lsn);
        db.dropSlot();
        if (there) {
            db.confirmed = Math.max(db.slotMadeAt, confirmed - 8L * random.nextInt(4));
        }
    }

    private void leftBefore(long lsn) {
        db.timelines = db.timelines.stream().filter(t -> t.switchLsn() <= lsn).toList();
    }
}
