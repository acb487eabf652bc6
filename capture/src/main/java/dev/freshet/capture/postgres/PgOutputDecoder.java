package dev.freshet.capture.postgres;

import dev.freshet.capture.Harm;
import dev.freshet.capture.LogEvent;
import dev.freshet.capture.postgres.table.LogPrefixes;
import dev.freshet.model.Change;
import dev.freshet.model.EventRecord;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.event.EventMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes pgoutput's messages, protocol version 1 (PostgreSQL manual, "Logical Replication Message Formats"), into events.
 *
 * <p>Ordinals count insert, update, delete, truncate and logical messages of a transaction, captured or not, before
 * anything is left out: a position must be the same whenever and with whatever selection the log is read again. Messages
 * that describe (relation, type, origin) do not count, since the server sends them as it sees fit.
 *
 * <p>A transaction of which nothing is captured gives no events but moves {@link #reached} on. Belongs to the reader's
 * thread.
 */
final class PgOutputDecoder {
    /** Takes events in order. */
    interface Sink {
        /**
         * Takes one.
         *
         * @param item a {@link LogEvent} or a {@link PendingRow}
         * @param bytes about how much memory it holds
         * @param last whether a transaction ends with it, so that the receiver should see it soon
         */
        void accept(Object item, int bytes, boolean last) throws InterruptedException;
    }

    private static final long POSTGRES_EPOCH_SECONDS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long MICROS = 1_000_000;
    private static final int ROW_OVERHEAD_BYTES = 192;
    private static final int EVENT_BYTES = 128;
    private static final byte TRANSACTIONAL = 1;

    private final int epoch;
    private final Map<Integer, Target> targets;
    private final Descriptions descriptions;
    private final EpochXid xids;
    private final String markPrefix;
    private final Sink sink;
    private final Tuple row = new Tuple();
    private final Tuple former = new Tuple();

    private boolean inTransaction;
    private boolean begun;
    private long commitLsn;
    private long xid;
    private long ordinal;
    private Instant committedAt = Instant.EPOCH;
    private long endLsn;
    private long reported;

    PgOutputDecoder(
            int epoch,
            long startLsn,
            String slot,
            Map<Integer, Target> targets,
            Descriptions descriptions,
            EpochXid xids,
            Sink sink) {
        this.epoch = epoch;
        this.targets = targets;
        this.descriptions = descriptions;
        this.xids = xids;
        this.markPrefix = LogPrefixes.mark(slot);
        this.sink = sink;
        this.endLsn = startLsn;
        this.reported = startLsn;
    }

    /** Decodes one message of the log. */
    void decode(byte[] in) throws InterruptedException {
        int at = WalStream.PAYLOAD;
        byte kind = in[at];
        switch (kind) {
            case 'I' -> insert(in, at);
            case 'U' -> update(in, at);
            case 'D' -> delete(in, at);
            case 'B' -> begin(in, at);
            case 'C' -> commit(in, at);
            case 'R' -> describe(in, at);
            case 'M' -> message(in, at);
            case 'T' -> truncate(in, at);
            case 'O', 'Y' -> {
                // an origin's name and a type's name say nothing that is needed
            }
            default ->
                throw new IllegalStateException(
                        "The log has a message of the unknown kind '" + (char) kind + "'; nothing after it is read");
        }
    }

    private void begin(byte[] in, int at) {
        if (inTransaction) {
            throw new IllegalStateException("The log begins a transaction inside another one");
        }
        inTransaction = true;
        begun = false;
        ordinal = 0;
        commitLsn = Bytes.int8(in, at + 1);
        committedAt = instant(Bytes.int8(in, at + 9));
        xid = xids.extend(Bytes.int4(in, at + 17));
    }

    private void commit(byte[] in, int at) throws InterruptedException {
        if (!inTransaction) {
            throw new IllegalStateException("The log ends a transaction that it did not begin");
        }
        inTransaction = false;
        endLsn = Bytes.int8(in, at + 10);
        if (begun) {
            reported = endLsn;
            sink.accept(new LogEvent.Committed(endLsn), EVENT_BYTES, true);
        }
    }

    private void announceTransaction() throws InterruptedException {
        if (!begun) {
            begun = true;
            sink.accept(new LogEvent.Begun(xid, commitLsn, committedAt), EVENT_BYTES, false);
        }
    }

    /**
     * Tells how far the log was read if that is news: nothing captured stood there.
     *
     * @param keepaliveLsn the highest LSN that a keepalive named
     */
    void reached(long keepaliveLsn) throws InterruptedException {
        if (inTransaction) {
            return;
        }
        long lsn = Math.max(endLsn, keepaliveLsn);
        if (lsn > reported) {
            reported = lsn;
            sink.accept(new LogEvent.Reached(lsn), EVENT_BYTES, true);
        }
    }

    private void describe(byte[] in, int at) {
        Target target = targets.get(Bytes.int4(in, at + 1));
        if (target != null && target.isOutbox()) {
            target.followOutbox(RelationMessage.read(in, at));
        } else if (target != null) {
            descriptions.apply(target, RelationMessage.read(in, at));
        }
    }

    private void insert(byte[] in, int at) throws InterruptedException {
        ordinal++;
        Target target = targets.get(Bytes.int4(in, at + 1));
        if (target != null && target.isOutbox()) {
            insertEvent(target, in, at);
            return;
        }
        RowPlan plan = target == null ? null : ready(target);
        if (target == null || plan == null) {
            return;
        }
        row.read(in, at + 6);
        try {
            plan = picked(target, plan, false);
            row(target, plan, Op.CREATE, plan.key(in), in, position(0));
        } catch (IllegalArgumentException e) {
            unreadable(target, e);
        }
    }

    private void update(byte[] in, int at) throws InterruptedException {
        ordinal++;
        Target target = rows(in, at);
        RowPlan plan = target == null ? null : ready(target);
        if (target == null || plan == null) {
            return;
        }
        byte kind = in[at + 5];
        boolean hasFormer = kind == 'K' || kind == 'O';
        int newAt = hasFormer ? former.read(in, at + 6) : at + 5;
        row.read(in, newAt + 1);
        try {
            byte[] formerKey = null;
            if (hasFormer) {
                plan.select(former, former, false);
                formerKey = plan.key(in);
            }
            plan = picked(target, plan, hasFormer);
            byte[] key = plan.key(in);
            if (formerKey != null && !Arrays.equals(formerKey, key)) {
                change(target, plan, Op.DELETE, position(0), formerKey, null);
                row(target, plan, Op.CREATE, key, in, position(1));
            } else {
                row(target, plan, Op.UPDATE, key, in, position(0));
            }
        } catch (IllegalArgumentException e) {
            unreadable(target, e);
        }
    }

    private void delete(byte[] in, int at) throws InterruptedException {
        ordinal++;
        Target target = rows(in, at);
        RowPlan plan = target == null ? null : ready(target);
        if (target == null || plan == null) {
            return;
        }
        former.read(in, at + 6);
        try {
            plan.select(former, former, false);
            change(target, plan, Op.DELETE, position(0), plan.key(in), null);
        } catch (IllegalArgumentException e) {
            unreadable(target, e);
        }
    }

    /** Returns whose row it is; null for none of a stream, among them an event's, which stays what it was published as. */
    private @Nullable Target rows(byte[] in, int at) {
        Target target = targets.get(Bytes.int4(in, at + 1));
        return target == null || target.isOutbox() ? null : target;
    }

    private void insertEvent(Target target, byte[] in, int at) throws InterruptedException {
        announceTransaction();
        OutboxPlan plan = target.outbox();
        row.read(in, at + 6);
        Position position = position(0);
        LogEvent event;
        try {
            if (plan == null) {
                throw new IllegalArgumentException(target.undecodable());
            }
            event = plan.read(in, row).at(position, committedAt);
        } catch (IllegalArgumentException e) {
            event = new LogEvent.Unreadable(position, committedAt, null, null, in, String.valueOf(e.getMessage()));
        }
        sink.accept(event, in.length + ROW_OVERHEAD_BYTES, false);
    }

    /** Tells what must come before the target's next row, and returns how rows are made, or null if they cannot be. */
    private @Nullable RowPlan ready(Target target) throws InterruptedException {
        announceTransaction();
        String reason = target.takeBreak();
        if (reason != null) {
            broken(target, Harm.ROWS, reason);
        }
        RowPlan plan = target.plan();
        if (plan == null) {
            if (reason == null) {
                broken(target, target.undecodableHarm(), target.undecodable());
            }
            return null;
        }
        announceSchema(target, plan);
        return plan;
    }

    private void announceSchema(Target target, RowPlan plan) throws InterruptedException {
        if (target.takeAnnouncement()) {
            sink.accept(new LogEvent.Schema(plan.schema(), position(0)), EVENT_BYTES, false);
        }
    }

    /** Picks the row's fields; a null that the schema excludes changes it first. */
    private RowPlan picked(Target target, RowPlan plan, boolean hasFormer) throws InterruptedException {
        plan.select(row, former, hasFormer);
        if (!plan.hasNullAgainstSchema()) {
            return plan;
        }
        RowPlan wider = descriptions.admitNulls(target, plan);
        announceSchema(target, wider);
        wider.select(row, former, hasFormer);
        return wider;
    }

    private void row(Target target, RowPlan plan, Op op, byte[] key, byte[] in, Position position)
            throws InterruptedException {
        if (plan.hasUnchanged()) {
            PendingRow pending = new PendingRow(
                    target, plan, op, position, committedAt, xid, key, in, plan.pickedFrom(), plan.pickedCount());
            sink.accept(pending, in.length + key.length + ROW_OVERHEAD_BYTES, false);
        } else {
            change(target, plan, op, position, key, plan.value(in));
        }
    }

    private void change(Target target, RowPlan plan, Op op, Position position, byte[] key, byte @Nullable [] value)
            throws InterruptedException {
        Change change = new Change(target.stream(), op, position, committedAt, key, value, plan.version(), false);
        sink.accept(new LogEvent.Row(change), change.bytes() + ROW_OVERHEAD_BYTES, false);
    }

    private void truncate(byte[] in, int at) throws InterruptedException {
        ordinal++;
        int count = Bytes.int4(in, at + 1);
        for (int i = 0; i < count; i++) {
            Target target = targets.get(Bytes.int4(in, at + 6 + 4 * i));
            // what was in an outbox stands in the log as it was published
            if (target != null && !target.isOutbox()) {
                announceTransaction();
                broken(target, Harm.ROWS, "the table was truncated");
            }
        }
    }

    private void message(byte[] in, int at) throws InterruptedException {
        boolean transactional = (in[at + 1] & TRANSACTIONAL) != 0;
        if (transactional) {
            ordinal++;
        }
        int prefixEnd = Bytes.nameEnd(in, at + 10);
        String prefix = Bytes.text(in, at + 10, prefixEnd);
        boolean mark = prefix.equals(markPrefix) && transactional;
        if (!mark && LogPrefixes.isOwn(prefix)) {
            return;
        }
        int length = Bytes.int4(in, prefixEnd + 1);
        int contentAt = prefixEnd + 5;
        if (mark) {
            announceTransaction();
            String text = new String(in, contentAt, length, StandardCharsets.UTF_8);
            sink.accept(new LogEvent.Marked(text, position(0), xid), EVENT_BYTES + length, false);
            return;
        }
        Position position;
        if (transactional) {
            announceTransaction();
            position = position(0);
        } else {
            position = Position.boundary(epoch, Math.max(reported, Bytes.int8(in, at + 2)));
        }
        byte[] content = Arrays.copyOfRange(in, contentAt, contentAt + length);
        if (transactional && prefix.equals(EventMessage.PREFIX)) {
            published(position, content);
            return;
        }
        sink.accept(new LogEvent.Message(prefix, position, content), EVENT_BYTES + length, !transactional);
    }

    private void published(Position position, byte[] content) throws InterruptedException {
        LogEvent event;
        try {
            event = new LogEvent.Published(new EventRecord(EventMessage.decode(content), position, committedAt), false);
        } catch (IllegalArgumentException e) {
            event = new LogEvent.Unreadable(position, committedAt, null, null, content, String.valueOf(e.getMessage()));
        }
        sink.accept(event, content.length + ROW_OVERHEAD_BYTES, false);
    }

    private void broken(Target target, Harm harm, String reason) throws InterruptedException {
        sink.accept(new LogEvent.Broken(target.stream(), position(0), harm, reason), EVENT_BYTES, false);
    }

    private void unreadable(Target target, IllegalArgumentException e) throws InterruptedException {
        broken(target, Harm.TABLE, "a row could not be decoded (" + e.getMessage() + "); it is missing from the topic");
    }

    private Position position(int sub) {
        return new Position(epoch, commitLsn, ordinal, sub);
    }

    private static Instant instant(long micros) {
        long seconds = Math.floorDiv(micros, MICROS);
        return Instant.ofEpochSecond(POSTGRES_EPOCH_SECONDS + seconds, (micros - seconds * MICROS) * 1000);
    }
}
