package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import io.debezium.engine.format.SimpleString;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Debezium's engine with its outbox event router: key and payload as plain text, which takes the fewest bytes, the event's id as a
 * header.
 */
public final class DebeziumOutbox implements Contender {
    private final Debezium engine = new Debezium(
            Map.of(
                    "transforms", "outbox",
                    "transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter",
                    "header.converter.schemas.enable", "false"),
            new Debezium.Format<String>(
                    () -> DebeziumEngine.create(SimpleString.class, SimpleString.class, Json.class),
                    text -> text.getBytes(StandardCharsets.UTF_8)));

    /** Creates the contender. */
    public DebeziumOutbox() {}

    @Override
    public void start(Settings settings, Signals signals) {
        engine.start(settings, signals);
    }

    @Override
    public void stop() throws Exception {
        engine.stop();
    }
}
