package dev.freshet.bench.contender;

import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.JsonByteArray;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's engine with its PostgreSQL connector: batch 8192, queue 32768, poll 5 ms, JSON without schemas unless said otherwise. A batch is
 * sent by an idempotent producer and confirmed when all of it is acknowledged. With {@link Keys#SNAPSHOT} it brings the
 * table's content and nothing else.
 */
public final class Debezium implements Contender {
    private static final long END_LIMIT_SECONDS = 60;

    private final Map<String, String> others;
    private final Format<?> format;
    private @Nullable DebeziumEngine<?> engine;
    private @Nullable BenchProducer producer;
    private @Nullable ExecutorService executor;

    /** Creates the contender. */
    public Debezium() {
        this(Map.of());
    }

    /**
     * Creates one that differs.
     *
     * @param others properties of the engine that take the place of those above
     */
    Debezium(Map<String, String> others) {
        this(others, new Format<byte[]>(() -> DebeziumEngine.create(JsonByteArray.class), bytes -> bytes));
    }

    /**
     * Creates one that differs, also in how it writes keys and values.
     *
     * @param others properties of the engine that take the place of those above
     */
    Debezium(Map<String, String> others, Format<?> format) {
        this.others = others;
        this.format = format;
    }

    /**
     * How keys, values and headers are written.
     *
     * @param builders each time one of an engine that gives them so
     * @param bytes makes of one what is sent
     */
    record Format<T>(Supplier<DebeziumEngine.Builder<ChangeEvent<T, T>>> builders, Function<T, byte[]> bytes) {
        private void send(BenchProducer sink, ChangeEvent<T, T> event) {
            List<io.debezium.engine.Header<T>> given = event.headers();
            List<Header> headers = new ArrayList<>(given.size());
            for (io.debezium.engine.Header<T> header : given) {
                headers.add(new RecordHeader(header.getKey(), encode(header.getValue())));
            }
            sink.send(encode(event.key()), encode(event.value()), headers);
        }

        private byte @Nullable [] encode(@Nullable T part) {
            return part == null ? null : bytes.apply(part);
        }
    }

    @Override
    public void start(Settings settings, Signals signals) {
        BenchProducer sink = BenchProducer.create(settings);
        DebeziumEngine<?> created = engine(format, settings, sink, signals);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        thread.execute(created);
        engine = created;
        producer = sink;
        executor = thread;
    }

    private <T> DebeziumEngine<?> engine(Format<T> written, Settings settings, BenchProducer sink, Signals signals) {
        return written.builders()
                .get()
                .using(properties(settings))
                .notifying((events, committer) -> handle(written, sink, events, committer))
                .using((success, message, error) -> {
                    if (!success) {
                        signals.failed(error == null ? new IllegalStateException(message) : error);
                    }
                })
                .build();
    }

    private static <T> void handle(
            Format<T> written,
            BenchProducer sink,
            List<ChangeEvent<T, T>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<T, T>> committer)
            throws InterruptedException {
        for (ChangeEvent<T, T> event : events) {
            written.send(sink, event);
        }
        sink.flush();
        for (ChangeEvent<T, T> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    @Override
    public void stop() throws Exception {
        DebeziumEngine<?> running = engine;
        if (running != null) {
            running.close();
        }
        if (executor != null) {
            executor.shutdown();
            if (!executor.awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Debezium's engine did not end within " + END_LIMIT_SECONDS + " s");
            }
        }
        if (producer != null) {
            producer.close();
        }
    }

    private Properties properties(Settings settings) {
        // jdbc:postgresql://host:port/database
        URI url = URI.create(settings.get(Keys.SOURCE_URL).substring("jdbc:".length()));
        Properties p = new Properties();
        p.setProperty("name", settings.get(Keys.SLOT));
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("topic.prefix", settings.get(Keys.SLOT));
        p.setProperty("database.hostname", url.getHost());
        p.setProperty("database.port", Integer.toString(url.getPort()));
        p.setProperty("database.dbname", url.getPath().substring(1));
        p.setProperty("database.user", settings.get(Keys.SOURCE_USER));
        p.setProperty("database.password", settings.get(Keys.SOURCE_PASSWORD));
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", settings.get(Keys.SLOT));
        p.setProperty("publication.name", settings.get(Keys.PUBLICATION));
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("table.include.list", "public." + settings.get(Keys.TABLE));
        // what other contenders write into the log is no row
        p.setProperty("message.prefix.exclude.list", ".*");
        p.setProperty("snapshot.mode", settings.flag(Keys.SNAPSHOT) ? "initial_only" : "no_data");
        p.setProperty("max.batch.size", "8192");
        p.setProperty("max.queue.size", "32768");
        p.setProperty("poll.interval.ms", "5");
        p.setProperty("key.converter.schemas.enable", "false");
        p.setProperty("value.converter.schemas.enable", "false");
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        p.setProperty("offset.storage.file.filename", settings.get(Keys.FILE));
        p.setProperty("offset.flush.interval.ms", "1000");
        p.putAll(others);
        return p;
    }
}
