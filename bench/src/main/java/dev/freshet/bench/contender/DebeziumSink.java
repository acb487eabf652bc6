package dev.freshet.bench.contender;

import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.process.Contender;
import dev.freshet.bench.process.Settings;
import dev.freshet.bench.process.Signals;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.Herder;
import org.apache.kafka.connect.runtime.Worker;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorStateInfo;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;
import org.apache.kafka.connect.util.FutureCallback;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's JDBC sink in Connect's own standalone worker, without the worker's HTTP server.
 *
 * <p>Set up as was fastest in trials: one upsert by arrays (unnest) a batch of 5000, which is also the most that a poll
 * gives; batches of 2000 and 10000 and JDBC batches with {@code reWriteBatchedInserts} were not faster. The reduction
 * buffer is on, since one such upsert cannot meet a key twice. Records carry no schema: the converters have it from their
 * settings, which took a quarter less CPU than a schema in each record. The pool is HikariCP.
 */
public final class DebeziumSink implements Contender {
    private static final String BATCH = "5000";

    /** The key of {@link BenchTable} as Debezium writes it. */
    private static final String KEY = """
            {"type": "struct", "optional": false, "fields": [{"field": "id", "type": "int64", "optional": false}]}""";

    /** The row, or none for one that was deleted. */
    private static final String ROW = """
            {"type": "struct", "optional": true, "fields": [
                {"field": "id", "type": "int64", "optional": false},
                {"field": "customer", "type": "int64", "optional": false},
                {"field": "status", "type": "string", "optional": false},
                {"field": "amount", "type": "bytes", "optional": false, "name": "org.apache.kafka.connect.data.Decimal",
                    "version": 1, "parameters": {"scale": "2", "connect.decimal.precision": "12"}},
                {"field": "changed", "type": "string", "optional": false, "name": "io.debezium.time.ZonedTimestamp",
                    "version": 1},
                {"field": "note", "type": "string", "optional": false}]}""";

    private static final long START_LIMIT_SECONDS = 60;
    private static final long WATCH_NANOS = 250_000_000;

    private @Nullable StandaloneHerder herder;
    private volatile boolean stopping;

    /** Creates the contender. */
    public DebeziumSink() {}

    @Override
    public void start(Settings settings, Signals signals) throws Exception {
        String name = settings.get(Keys.SLOT) + '-' + settings.get(Keys.COPY);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            StandaloneHerder created = herder(worker(settings));
            created.start();
            herder = created;
            FutureCallback<Herder.Created<ConnectorInfo>> configured = new FutureCallback<>();
            created.putConnectorConfig(name, connector(name, settings), false, configured);
            configured.get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
            created.ready();
            stopping = false;
            Thread watch = new Thread(() -> watch(created, name, signals), "sink-watch");
            watch.setDaemon(true);
            watch.start();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static StandaloneHerder herder(Map<String, String> worker) {
        Plugins plugins = new Plugins(worker);
        plugins.compareAndSwapWithDelegatingLoader();
        StandaloneConfig config = new StandaloneConfig(worker);
        AllConnectorClientConfigOverridePolicy policy = new AllConnectorClientConfigOverridePolicy();
        policy.configure(Map.of());
        JsonConverter internal = new JsonConverter();
        internal.configure(Map.of("schemas.enable", "false"), true);
        FileOffsetBackingStore offsets = new FileOffsetBackingStore(internal);
        offsets.configure(config);
        return new StandaloneHerder(
                new Worker("bench", Time.SYSTEM, plugins, config, offsets, policy), config.kafkaClusterId(), policy);
    }

    private void watch(StandaloneHerder running, String name, Signals signals) {
        while (!stopping) {
            LockSupport.parkNanos(WATCH_NANOS);
            if (stopping) {
                return;
            }
            for (ConnectorStateInfo.TaskState task :
                    running.connectorStatus(name).tasks()) {
                if ("FAILED".equals(task.state())) {
                    signals.failed(new IllegalStateException("The sink's task has failed: " + task.trace()));
                    return;
                }
            }
        }
    }

    @Override
    public void stop() {
        stopping = true;
        StandaloneHerder running = herder;
        if (running != null) {
            running.stop();
        }
    }

    private static Map<String, String> worker(Settings settings) {
        Map<String, String> p = new HashMap<>();
        p.put("bootstrap.servers", settings.get(Keys.KAFKA));
        p.put("plugin.discovery", "service_load");
        p.put("key.converter", JsonConverter.class.getName());
        p.put("value.converter", JsonConverter.class.getName());
        // for sources, of which there is none
        p.put("offset.storage.file.filename", settings.get(Keys.FILE) + ".connect");
        p.put("offset.flush.interval.ms", "1000");
        // one that is cut off does not leave its group, and its successor waits until it is thrown out
        p.put("task.shutdown.graceful.timeout.ms", "60000");
        return p;
    }

    private static Map<String, String> connector(String name, Settings settings) {
        Map<String, String> p = new HashMap<>();
        p.put("name", name);
        p.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
        p.put("tasks.max", "1");
        p.put("topics", settings.get(Keys.TOPIC));
        p.put("consumer.override.auto.offset.reset", "earliest");
        p.put("consumer.override.max.poll.records", BATCH);
        p.put("batch.size", BATCH);
        p.put("connection.url", settings.get(Keys.TARGET_URL));
        p.put("connection.username", settings.get(Keys.TARGET_USER));
        p.put("connection.password", settings.get(Keys.TARGET_PASSWORD));
        p.put("connection.provider", "org.hibernate.hikaricp.internal.HikariCPConnectionProvider");
        p.put("collection.name.format", settings.get(Keys.COPY));
        p.put("schema.evolution", "basic");
        p.put("insert.mode", "upsert");
        p.put("delete.enabled", "true");
        p.put("primary.key.mode", "record_key");
        p.put("primary.key.fields", "id");
        p.put("dialect.postgres.unnest.insert.enabled", "true");
        p.put("use.reduction.buffer", "true");
        p.put("key.converter", JsonConverter.class.getName());
        p.put("key.converter.schema.content", KEY);
        p.put("value.converter", JsonConverter.class.getName());
        p.put("value.converter.schema.content", ROW);
        return p;
    }
}
