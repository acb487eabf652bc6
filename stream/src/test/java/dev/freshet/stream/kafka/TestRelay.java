package dev.freshet.stream.kafka;

import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Column;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.stream.Partition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Plays the relay: changes, ledger and commit in one Kafka transaction on a real Kafka. One thread. */
final class TestRelay implements AutoCloseable {
    final Admin admin;
    final String source;
    final String ledger;
    final SchemaRecord schema =
            new SchemaRecord("any", List.of(new Column("id", "bigint", false, true)), List.of("id"));
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, StreamEntry> streams = new HashMap<>();
    private final Map<String, long[]> ends = new HashMap<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private @Nullable Boundary boundary;
    private long lsn = 1000;
    private long ordinal;

    TestRelay(String bootstrapServers, String source) throws Exception {
        this(bootstrapServers, source, source + ".freshet-ledger");
    }

    TestRelay(String bootstrapServers, String source, String ledger) throws Exception {
        this.source = source;
        this.ledger = ledger;
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "test." + source, "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        createTopic(ledger, 1);
        producer.initTransactions();
    }

    String createTopic(String topic, int partitions) throws Exception {
        NewTopic wanted = new NewTopic(topic, partitions, (short) 1)
                .configs(Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "604800000"));
        return admin.createTopics(List.of(wanted))
                .topicId(topic)
                .get(30, TimeUnit.SECONDS)
                .toString();
    }

    void set(String topic, String setting, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /** Creates a stream that is running from the next commit on. */
    String capture(String stream, int partitions) throws Exception {
        String topic = source + '.' + stream;
        capture(stream, topic, createTopic(topic, partitions), partitions);
        return topic;
    }

    void capture(String stream, String topic, String topicId, int partitions) {
        streams.put(
                stream,
                new StreamEntry(
                        stream,
                        topic,
                        topicId,
                        partitions,
                        "print",
                        schema.version(),
                        StreamStatus.SNAPSHOTTING,
                        Position.boundary(1, lsn),
                        null,
                        new SnapshotProgress("", 0, -1)));
        ends.put(topic, new long[partitions]);
        running(stream);
    }

    void running(String stream) {
        streams.put(stream, entry(stream).running(Position.boundary(1, lsn)));
    }

    StreamEntry entry(String stream) {
        StreamEntry entry = streams.get(stream);
        if (entry == null) {
            throw new IllegalArgumentException("No stream " + stream);
        }
        return entry;
    }

    TestRelay begin() {
        producer.beginTransaction();
        lsn += 100;
        ordinal = 0;
        sent.clear();
        return this;
    }

    /** Goes on with the source transaction of which {@link #commitPart} has committed a part. */
    TestRelay continued() {
        producer.beginTransaction();
        sent.clear();
        return this;
    }

    TestRelay put(String stream, int partition, String key, @Nullable String value) {
        Op op = value == null ? Op.DELETE : Op.UPDATE;
        Position position = new Position(1, lsn, ++ordinal, 0);
        var record = record(entry(stream).topic(), partition, key, value);
        record.headers()
                .add(RecordHeaders.ID, position.toBytes())
                .add(RecordHeaders.SPEC_VERSION, bytes(RecordHeaders.SPEC_VERSION_VALUE))
                .add(RecordHeaders.POSITION, position.toBytes())
                .add(RecordHeaders.OP, bytes(op.code()))
                .add(RecordHeaders.SCHEMA, bytes(schema.version()));
        sent.add(producer.send(record));
        return this;
    }

    static ProducerRecord<byte[], byte[]> record(String topic, int partition, String key, @Nullable String value) {
        return new ProducerRecord<>(topic, partition, bytes(key), value == null ? null : bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    TestRelay schema(String stream) {
        producer.send(new ProducerRecord<>(
                ledger, 0, bytes(LedgerKey.schema(stream, schema.version())), LedgerCodec.encode(schema)));
        return this;
    }

    /** Has the brokers take what was sent, and does not commit it yet. */
    TestRelay flush() {
        producer.flush();
        return this;
    }

    /** Commits with a boundary, which it returns. */
    Boundary commit() throws Exception {
        settle();
        Map<String, OffsetVector> vectors = new HashMap<>();
        ends.forEach((topic, end) -> vectors.put(topic, OffsetVector.of(end)));
        boundary = new Boundary(Position.boundary(1, lsn + 50), Instant.now(), vectors);
        writeCursor(boundary, true);
        producer.commitTransaction();
        return boundary;
    }

    /** Commits in the midst of a source transaction. */
    void commitPart() throws Exception {
        settle();
        writeCursor(boundary, false);
        producer.commitTransaction();
    }

    void abort() {
        producer.flush();
        producer.abortTransaction();
    }

    private void writeCursor(@Nullable Boundary last, boolean atBoundary) {
        Position write = atBoundary && last != null ? last.position() : new Position(1, lsn, ordinal, 0);
        Cursor cursor = new Cursor(
                "test",
                new SourceIdentity(source, "postgresql", "77", 1, "shop", "freshet_shop"),
                1,
                write,
                Map.of(),
                last,
                null,
                atBoundary,
                Instant.now(),
                streams);
        producer.send(new ProducerRecord<>(ledger, 0, bytes(LedgerKey.CURSOR), LedgerCodec.encode(cursor)));
    }

    private void settle() throws InterruptedException, ExecutionException {
        producer.flush();
        for (Future<RecordMetadata> f : sent) {
            RecordMetadata m = f.get();
            long[] end = ends.get(m.topic());
            if (end != null) {
                end[m.partition()] = m.offset() + 1;
            }
        }
    }

    /** Sends a record without any header of Freshet's, inside the transaction. */
    TestRelay foreign(String topic, int partition, String key, String value) {
        sent.add(producer.send(record(topic, partition, key, value)));
        return this;
    }

    Partition partition(String stream, int number) {
        return new Partition(entry(stream).topic(), number);
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
