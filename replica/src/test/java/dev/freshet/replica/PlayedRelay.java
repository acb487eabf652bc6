package dev.freshet.replica;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.model.Op;
import dev.freshet.model.Position;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.ledger.Boundary;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.LedgerCodec;
import dev.freshet.model.ledger.LedgerKey;
import dev.freshet.model.ledger.OffsetVector;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.SnapshotProgress;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.model.ledger.StreamStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Plays the relay of one source on a real Kafka: changes, schema records and the cursor in Kafka transactions. */
public final class PlayedRelay implements AutoCloseable {
    public final String source;
    private final String ledger;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, StreamEntry> streams = new HashMap<>();
    private final Map<String, SchemaRecord> schemas = new HashMap<>();
    private final Map<String, long[]> ends = new HashMap<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private @Nullable Boundary boundary;
    private long lsn = 1000;
    private long ordinal;
    private boolean open;

    public PlayedRelay(EmbeddedKafka kafka, String source) throws Exception {
        this.source = source;
        this.ledger = source + ".freshet-ledger";
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "transactional.id",
                        "played." + source,
                        "linger.ms",
                        "5",
                        "batch.size",
                        "131072",
                        "compression.type",
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        createTopic(ledger, 1);
        producer.initTransactions();
    }

    private String createTopic(String topic, int partitions) throws Exception {
        NewTopic wanted = new NewTopic(topic, partitions, (short) 1)
                .configs(Map.of(
                        "cleanup.policy",
                        "compact",
                        "min.compaction.lag.ms",
                        "604800000",
                        "delete.retention.ms",
                        "604800000",
                        "message.timestamp.type",
                        "LogAppendTime"));
        return admin.createTopics(List.of(wanted))
                .topicId(topic)
                .get(30, TimeUnit.SECONDS)
                .toString();
    }

    public String topic(String stream) {
        return source + '.' + stream;
    }

    /** Captures a stream, running from now on. */
    public void capture(SchemaRecord schema, int partitions) throws Exception {
        String topic = topic(schema.stream());
        String id = createTopic(topic, partitions);
        ends.put(topic, new long[partitions]);
        streams.put(
                schema.stream(),
                new StreamEntry(
                        schema.stream(),
                        topic,
                        id,
                        partitions,
                        "print",
                        schema.version(),
                        StreamStatus.SNAPSHOTTING,
                        Position.boundary(1, lsn),
                        null,
                        new SnapshotProgress("", 0, -1)));
        status(schema.stream(), StreamStatus.RUNNING);
        evolve(schema);
        commit();
    }

    /** Makes the topic anew, as somebody might who does not know better. */
    public void recreate(String stream) throws Exception {
        recreate(stream, entry(stream).partitions());
    }

    /** Makes the topic anew with so many partitions, as the relay does after its stream was removed. */
    public void recreate(String stream, int partitions) throws Exception {
        begin(stream, makeTopicAgain(stream, partitions), partitions);
    }

    /** Makes the topic anew, while the ledger goes on naming the old one; returns the new one's id. */
    public String makeTopicAgain(String stream, int partitions) throws Exception {
        String topic = entry(stream).topic();
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        String id = createTopic(topic, partitions);
        // until the broker has let the old one go, it would take records for it
        ReplicaWorld.until(() -> isEmpty(topic, partitions));
        return id;
    }

    private boolean isEmpty(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int p = 0; p < partitions; p++) {
            asked.put(new TopicPartition(topic, p), OffsetSpec.latest());
        }
        try {
            return admin.listOffsets(asked).all().get(30, TimeUnit.SECONDS).values().stream()
                    .allMatch(end -> end.offset() == 0);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes the topic; the ledger goes on naming it. */
    public void deleteTopic(String stream) throws Exception {
        admin.deleteTopics(List.of(topic(stream))).all().get(30, TimeUnit.SECONDS);
    }

    /** Takes a stream out of the ledger, from the next commit on. */
    public void forget(String stream) {
        ends.remove(entry(stream).topic());
        streams.remove(stream);
    }

    /** Adds partitions, as somebody might who does not know better; the relay does not write to them. */
    public void addPartitions(String stream, int partitions) throws Exception {
        admin.createPartitions(Map.of(topic(stream), NewPartitions.increaseTo(partitions)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /** Begins a stream in its empty topic, which has so many partitions by now, as the relay of a new ledger does. */
    public void beginAnew(String stream, int partitions) {
        begin(stream, entry(stream).topicId(), partitions);
    }

    /** Writes to the stream's new topic from now on. */
    public void begin(String stream, String topicId, int partitions) {
        StreamEntry old = entry(stream);
        ends.put(old.topic(), new long[partitions]);
        streams.put(
                stream,
                new StreamEntry(
                        stream,
                        old.topic(),
                        topicId,
                        partitions,
                        "print",
                        old.schemaVersion(),
                        old.status(),
                        old.since(),
                        null,
                        null));
    }

    /** Makes the ledger and the topic anew, as a source that was removed and started again does. */
    public void startAgain(String stream) throws Exception {
        admin.deleteTopics(List.of(ledger)).all().get(30, TimeUnit.SECONDS);
        createTopic(ledger, 1);
        recreate(stream);
        evolve(Objects.requireNonNull(schemas.get(stream)));
        commit();
    }

    /** Writes a schema record; later changes of the stream are of that version. */
    public void evolve(SchemaRecord schema) {
        begin();
        schemas.put(schema.stream(), schema);
        streams.put(schema.stream(), entry(schema.stream()).withSchemaVersion(schema.version()));
        send(new ProducerRecord<>(
                ledger, 0, bytes(LedgerKey.schema(schema.stream(), schema.version())), LedgerCodec.encode(schema)));
    }

    public void status(String stream, StreamStatus status) {
        Position at = Position.boundary(1, lsn);
        StreamEntry e = entry(stream);
        streams.put(
                stream,
                switch (status) {
                    case RUNNING -> e.running(at);
                    case BROKEN -> e.broken(at, "a test broke it");
                    case STOPPED -> e.stopped(at, "a test stopped it");
                    case SNAPSHOTTING -> e.snapshotting(at, new SnapshotProgress("", 0, -1));
                });
    }

    private StreamEntry entry(String stream) {
        StreamEntry entry = streams.get(stream);
        if (entry == null) {
            throw new IllegalArgumentException("No stream " + stream);
        }
        return entry;
    }

    private void begin() {
        if (!open) {
            producer.beginTransaction();
            open = true;
            lsn += 100;
            ordinal = 0;
        }
    }

    /** Sends a change in the open transaction, opening one if need be; the partition is the key's. */
    public Position put(String stream, Op op, String key, @Nullable String value) {
        begin();
        StreamEntry entry = entry(stream);
        SchemaRecord schema = schemas.get(stream);
        if (schema == null) {
            throw new IllegalArgumentException("No schema of " + stream);
        }
        int partition = partitionOf(stream, key);
        Position position = new Position(1, lsn, ++ordinal, 0);
        resend(stream, partition, position, op, key, value, schema.version());
        return position;
    }

    /** Sends a change with a position that was used before, as a relay without a fence might. */
    public void resend(
            String stream,
            int partition,
            Position position,
            Op op,
            String key,
            @Nullable String value,
            String schemaVersion) {
        begin();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(entry(stream).topic(), partition, bytes(key), value == null ? null : bytes(value));
        record.headers()
                .add(RecordHeaders.ID, position.toBytes())
                .add(RecordHeaders.SPEC_VERSION, bytes(RecordHeaders.SPEC_VERSION_VALUE))
                .add(RecordHeaders.TYPE, bytes(stream + ".changed"))
                .add(RecordHeaders.POSITION, position.toBytes())
                .add(RecordHeaders.OP, bytes(op.code()))
                .add(RecordHeaders.SCHEMA, bytes(schemaVersion));
        send(record);
    }

    /** Sends a record as somebody else might: without any header of Freshet's. */
    public void foreign(String stream, int partition, String key, String value) {
        begin();
        send(new ProducerRecord<>(entry(stream).topic(), partition, bytes(key), bytes(value)));
    }

    public int partitionOf(String stream, String key) {
        return partitionOf(key, entry(stream).partitions());
    }

    /** Returns the partition of a key among so many, as the relay's writer has it. */
    public static int partitionOf(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(bytes(key))) % partitions;
    }

    /** Returns whether a member of the group has the partition, as the coordinator sees it. */
    public boolean isAssigned(String group, String stream, int partition) throws Exception {
        TopicPartition wanted = new TopicPartition(topic(stream), partition);
        return admin
                .describeConsumerGroups(List.of(group))
                .describedGroups()
                .get(group)
                .get(30, TimeUnit.SECONDS)
                .members()
                .stream()
                .anyMatch(m -> m.assignment().topicPartitions().contains(wanted));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        sent.add(producer.send(record));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Commits what was sent, and a boundary. */
    public Boundary commit() throws Exception {
        settle();
        Map<String, OffsetVector> vectors = new HashMap<>();
        ends.forEach((topic, end) -> vectors.put(topic, OffsetVector.of(Arrays.copyOf(end, end.length))));
        Boundary reached = new Boundary(Position.boundary(1, lsn + 50), Instant.now(), vectors);
        boundary = reached;
        commit(reached, reached.position(), true);
        return reached;
    }

    /** Commits what was sent, in the midst of a source transaction: what is put next belongs to it as well. */
    public void commitPart() throws Exception {
        settle();
        long at = lsn;
        long in = ordinal;
        commit(boundary, new Position(1, at, in, 0), false);
        begin();
        lsn = at;
        ordinal = in;
    }

    private void settle() throws Exception {
        begin();
        producer.flush();
        for (Future<RecordMetadata> f : sent) {
            RecordMetadata m = f.get();
            long[] end = ends.get(m.topic());
            if (end != null && m.partition() < end.length) {
                end[m.partition()] = m.offset() + 1;
            }
        }
        sent.clear();
    }

    private void commit(@Nullable Boundary last, Position write, boolean atBoundary) throws Exception {
        Cursor cursor = new Cursor(
                "played",
                new SourceIdentity(source, "postgresql", "77", 1, "shop", "freshet_shop"),
                1,
                write,
                Map.of(),
                last,
                null,
                atBoundary,
                Instant.now(),
                streams);
        producer.send(new ProducerRecord<>(ledger, 0, bytes(LedgerKey.CURSOR), LedgerCodec.encode(cursor)))
                .get();
        producer.commitTransaction();
        open = false;
    }

    /** Sets a setting of a stream's topic. */
    public void set(String stream, String setting, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic(stream)),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    /** Gives up what was sent. */
    public void abort() {
        producer.flush();
        producer.abortTransaction();
        sent.clear();
        open = false;
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
