package dev.freshet.capture.polling;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The reader of a source that has no tables to read: nothing is ever begun with it. */
final class NoTables implements SnapshotReader {
    private static IllegalStateException none() {
        return new IllegalStateException("A polled source has streams of events only, and no table's rows are read");
    }

    @Override
    public long allotTransactionId() {
        throw none();
    }

    @Override
    public boolean allEndedBelow(long xid) {
        throw none();
    }

    @Override
    public Set<Long> invisible(Collection<Long> xids) {
        throw none();
    }

    @Override
    public void mark(String text) {
        throw none();
    }

    @Override
    public long estimateRows(String stream) {
        throw none();
    }

    @Override
    public void startWindow(String stream, String resume, long mostRows) {
        throw none();
    }

    @Override
    public Optional<WindowRows> pollWindow() {
        throw none();
    }

    @Override
    public void cancelWindow() {
        // none is under way
    }

    @Override
    public void startLookup(String stream, List<byte[]> keys) {
        throw none();
    }

    @Override
    public Optional<Set<ByteBuffer>> pollLookup() {
        throw none();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
