package dev.freshet.replica.fill;

import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.replica.DeadLetterSettings;
import dev.freshet.replica.ReplicaConfig;
import dev.freshet.replica.StreamTarget;
import dev.freshet.replica.apply.Halving;
import dev.freshet.replica.apply.PieceApplier;
import dev.freshet.replica.park.DeadLetterBox;
import dev.freshet.replica.park.Parking;
import dev.freshet.replica.port.CopySession;
import dev.freshet.replica.port.ParkedKey;
import dev.freshet.replica.port.RecordException;
import dev.freshet.replica.port.RecordKey;
import dev.freshet.replica.port.SchemaSource;
import dev.freshet.replica.port.ShadowTable;
import dev.freshet.replica.port.StoreException;
import dev.freshet.replica.port.StreamRow;
import dev.freshet.replica.port.WriteMode;
import dev.freshet.stream.StreamRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills the copy's table itself, for a stream of which it refuses records: it is emptied and written in the fill's one
 * transaction, so that each constraint is asked with each statement, and whoever reads meanwhile reads the rows that were. What
 * a statement refuses is found by halving; the key is parked unless a later record of it is taken. Slower than a shadow.
 */
final class CarefulTable implements ShadowTable {
    /** So many letters are sent between two signs of life. */
    private static final int LETTERS = 100;

    /** In its midst a fill may have so many times as many refused keys as at its end: later records mend some. */
    private static final int IN_ITS_MIDST = 10;

    private final CopySession db;
    private final ReplicaConfig config;
    private final StreamTarget target;
    private final DeadLetterSettings settings;
    private final DeadLetterBox box;
    private final PieceApplier applier;
    private final List<StreamRecord> added = new ArrayList<>();
    private final Map<RecordKey, RecordException> refused = new LinkedHashMap<>();
    private long addedBytes;

    private CarefulTable(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            DeadLetterSettings settings,
            DeadLetterBox box,
            PieceApplier applier) {
        this.db = db;
        this.config = config;
        this.target = target;
        this.settings = settings;
        this.box = box;
        this.applier = applier;
    }

    /** Empties the table; the parameters as for {@link CopySession#shadow}, and where refused records go. */
    static CarefulTable create(
            CopySession db,
            ReplicaConfig config,
            StreamTarget target,
            SchemaRecord schema,
            StreamRow row,
            SchemaSource ledger,
            DeadLetterBox box) {
        PieceApplier applier =
                PieceApplier.plain(db.writer(List.of(target), ledger, WriteMode.PIECES), config.limits());
        // behind the writer's, which limits how long an answer may take: a fill's commit may check the whole table
        db.empty(target, schema, row);
        return new CarefulTable(db, config, target, box.settings(), box, applier);
    }

    @Override
    public List<String> dependents() {
        return List.of();
    }

    @Override
    public void add(StreamRecord row) throws InterruptedException {
        added.add(row);
        addedBytes += row.bytes();
        if (added.size() >= config.limits().batchRecords()
                || addedBytes >= config.limits().batchBytes()) {
            writeAdded();
        }
    }

    @Override
    public void endPiece(Collection<StreamRecord> later) throws InterruptedException {
        writeAdded();
        write(List.copyOf(later));
    }

    private void writeAdded() throws InterruptedException {
        write(added);
        added.clear();
        addedBytes = 0;
    }

    private void write(List<StreamRecord> records) throws InterruptedException {
        Halving.apply(records, this::faultOf, this::refuse);
    }

    private @Nullable RecordException faultOf(List<StreamRecord> part) throws InterruptedException {
        while (true) {
            try {
                db.attempt(() -> applier.apply(part));
                taken(part);
                return null;
            } catch (RecordException e) {
                if (e.fault() == null) {
                    // as that of a table that cannot be altered now: each half would wait for its lock again
                    throw e;
                }
                applier.rolledBack();
                return e;
            } catch (StoreException e) {
                if (e.isPassing()) {
                    throw e;
                }
                applier.rolledBack();
                if (!applier.hasAnotherWay(e)) {
                    return RecordException.refused(part.get(0), e);
                }
            }
        }
    }

    private void taken(List<StreamRecord> part) {
        if (!refused.isEmpty()) {
            part.forEach(r -> refused.remove(new RecordKey(r.key())));
        }
    }

    private boolean refuse(StreamRecord r, RecordException why) {
        if (why.fault() == null) {
            throw why;
        }
        refused.put(new RecordKey(r.key()), why);
        if (refused.size() > (long) IN_ITS_MIDST * settings.limit()) {
            throw tooMany(why);
        }
        return true;
    }

    private RecordException tooMany(RecordException last) {
        return new RecordException(
                last.partition(),
                last.offset(),
                last.reason() + "; " + Parking.tooMany(target.stream(), settings.limit()),
                last);
    }

    @Override
    public void giveSign() {
        db.parked().count(target.stream());
    }

    /** Sends what the table has refused to the dead-letter topic. */
    @Override
    public void complete() throws InterruptedException {
        List<RecordException> all = List.copyOf(refused.values());
        if (all.size() > settings.limit()) {
            throw tooMany(all.get(all.size() - 1));
        }
        for (int from = 0; from < all.size(); from += LETTERS) {
            box.send(all.subList(from, Math.min(all.size(), from + LETTERS)));
            giveSign();
        }
    }

    @Override
    public List<ParkedKey> refused() {
        List<ParkedKey> keys = new ArrayList<>();
        refused.forEach((key, why) -> keys.add(new ParkedKey(
                target.stream(), why.partition().number(), key, why.offset(), String.valueOf(why.getMessage()))));
        return keys;
    }

    @Override
    public void takePlace() {
        // it is the table already
    }

    @Override
    public void abort() {
        applier.close();
    }
}
