package dev.freshet.simulation;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.RetriableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Snapshots of a {@link SimDatabase}, some rows at a time. */
final class SimSnapshots implements SnapshotReader {
    private static final int ROWS = 5;

    private final SimDatabase db;
    private final Random random;
    private final Rules rules;
    private final Calls calls;
    private int run;
    private @Nullable WindowRows window;
    private @Nullable Set<ByteBuffer> present;

    SimSnapshots(SimDatabase db, Random random, Rules rules, Calls calls) {
        this.db = db;
        this.random = random;
        this.rules = rules;
        this.calls = calls;
        this.run = db.run;
    }

    /** Uses the connections, which are lost once the server has ended. */
    private void ask() {
        if (run != db.run) {
            run = db.run;
            window = null;
            present = null;
            throw new RetriableException("The connection to the source is lost: it was restarted");
        }
        if (db.sealed) {
            throw new RetriableException("The server does not take connections yet");
        }
    }

    private boolean waits() {
        return rules.hold(Rules.Rule.WAIT_FOR_VISIBILITY);
    }

    @Override
    public long allotTransactionId() {
        ask();
        return db.nextXid++;
    }

    @Override
    public boolean allEndedBelow(long xid) {
        ask();
        return !waits() || db.invisible.stream().allMatch(x -> x > xid);
    }

    @Override
    public Set<Long> invisible(Collection<Long> xids) {
        ask();
        Set<Long> not = new HashSet<>(xids);
        not.retainAll(db.invisible);
        return waits() ? not : Set.of();
    }

    @Override
    public void mark(String text) {
        calls.step();
        ask();
        db.mark(text);
    }

    @Override
    public long estimateRows(String stream) {
        ask();
        return db.visible(stream).size();
    }

    @Override
    public void startWindow(String stream, String resume, long mostRows) {
        calls.step();
        ask();
        int from = resume.isEmpty() ? -1 : Integer.parseInt(resume);
        List<WindowRows.Row> rows = new ArrayList<>();
        int last = from;
        for (Map.Entry<Integer, String> e : db.visible(stream).entrySet()) {
            if (e.getKey() > from && rows.size() < ROWS) {
                rows.add(new WindowRows.Row(SimDatabase.key(e.getKey()), SimDatabase.row(e.getKey(), e.getValue())));
                last = e.getKey();
            }
        }
        window = new WindowRows(stream, SimSource.schema(stream), rows, Integer.toString(last), rows.size() < ROWS);
        db.onWindow.run();
    }

    @Override
    public Optional<WindowRows> pollWindow() {
        ask();
        return random.nextInt(3) == 0 ? Optional.ofNullable(window) : Optional.empty();
    }

    @Override
    public void cancelWindow() {
        window = null;
        present = null;
    }

    @Override
    public void startLookup(String stream, List<byte[]> keys) {
        calls.step();
        ask();
        Set<ByteBuffer> found = new HashSet<>();
        db.visible(stream).keySet().forEach(k -> found.add(ByteBuffer.wrap(SimDatabase.key(k))));
        found.retainAll(keys.stream().map(ByteBuffer::wrap).collect(Collectors.toSet()));
        present = found;
        db.onLookup.run();
    }

    @Override
    public Optional<Set<ByteBuffer>> pollLookup() {
        ask();
        return random.nextInt(3) == 0 ? Optional.ofNullable(present) : Optional.empty();
    }

    @Override
    public void close() {}
}
