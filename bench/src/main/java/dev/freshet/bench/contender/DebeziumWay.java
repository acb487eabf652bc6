package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.util.Map;

/**
 * Debezium's whole way in one process: its engine, which sends rows without an envelope, since the sink takes fewer bytes
 * faster, and its JDBC sink.
 */
public final class DebeziumWay implements Contender {
    private final Debezium engine = new Debezium(Map.of(
            "snapshot.mode", "initial",
            "transforms", "unwrap",
            "transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState",
            "transforms.unwrap.delete.tombstone.handling.mode", "tombstone"));
    private final DebeziumSink sink = new DebeziumSink();

    /** Creates the contender. */
    public DebeziumWay() {}

    @Override
    public void start(Settings settings, Signals signals) throws Exception {
        engine.start(settings, signals);
        sink.start(settings, signals);
    }

    @Override
    public void stop() throws Exception {
        engine.stop();
        sink.stop();
    }
}
