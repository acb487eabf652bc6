package dev.freshet.relay.internal;

import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.WindowRows;
import dev.freshet.model.LossException;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.VanishedKeys;
import java.util.Optional;

/** The rows of a table. */
final class RowChunks implements Chunks {
    private final SnapshotReader reader;
    private final String stream;
    private SnapshotProgress progress;

    RowChunks(SnapshotReader reader, String stream, SnapshotProgress progress) {
        this.reader = reader;
        this.stream = stream;
        this.progress = progress;
    }

    @Override
    public boolean prepare() {
        return true;
    }

    @Override
    public void start(long mostRows) {
        if (progress.rowsEstimated() < 0) {
            progress = progress.withEstimate(reader.estimateRows(stream));
        }
        try {
            reader.startWindow(stream, progress.resume(), mostRows);
        } catch (LossException rewritten) {
            progress = progress.at("", 0).withEstimate(reader.estimateRows(stream));
            reader.startWindow(stream, "", mostRows);
        }
    }

    @Override
    public Optional<Read> poll() {
        return reader.pollWindow().map(this::read);
    }

    private Read read(WindowRows window) {
        progress = progress.at(window.resume(), progress.rowsDone());
        VanishedKeys keys = progress.keys();
        SnapshotProgress after = window.last() && keys != null ? progress.withKeys(keys.begin()) : progress;
        return new Read(window.schema(), window.rows(), window.rows().size(), after, window.last() && keys == null);
    }

    @Override
    public SnapshotProgress written(Read read) {
        long done = progress.rowsDone() + read.rows().size();
        progress = progress.at(progress.resume(), done);
        return read.progress().at(progress.resume(), done);
    }

    @Override
    public void close() {
        reader.cancelWindow();
    }
}
