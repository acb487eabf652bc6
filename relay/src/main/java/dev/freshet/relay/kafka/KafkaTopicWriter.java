package dev.freshet.relay.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.Names;
import dev.freshet.model.RetriableException;
import dev.freshet.model.TopicRecord;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import dev.freshet.relay.port.FencedException;
import dev.freshet.relay.port.LedgerLostException;
import dev.freshet.relay.port.StreamWriteException;
import dev.freshet.relay.port.TopicEnds;
import dev.freshet.relay.port.TopicInfo;
import dev.freshet.relay.port.TopicWriter;
import dev.freshet.relay.port.TopicsDamagedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches as Kafka transactions of a few producers that take turns.
 *
 * <p>A commit returns before the transaction's markers are written; the next transaction of the same producer meets them and
 * the broker backs off 20 ms. With two producers that still happened in one batch of a hundred at 500 changes a second on a
 * busy machine of two cores (99th percentile of a batch's write 22 ms), with four it did not (12 ms).
 */
public final class KafkaTopicWriter implements TopicWriter {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopicWriter.class);

    /**
     * A take-over waits that long for each thing that a client does not know yet, a batch that met earlier markers before it
     * is sent again; Kafka's default of 100 ms made a take-over take half a second longer.
     */
    static final String RETRY_BACKOFF_MS = "20";

    private static final int TURNS = 4;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final RelaySettings settings;
    private final List<Producer<byte[], byte[]>> producers = new ArrayList<>(TURNS);
    private final RecordHeaderWriter headers;
    /** By topic, for each of its partitions, what the open batch has sent to it, or null. */
    private final Map<String, @Nullable SentRecords[]> sent = new HashMap<>();

    private @Nullable Future<RecordMetadata> firstToLedger;
    private @Nullable Future<RecordMetadata> lastToLedger;
    private long ledgerEnd;
    private volatile @Nullable Refusal refusal;
    private int turn;

    /** What a batch has sent to a partition. */
    private static final class SentRecords {
        final Future<RecordMetadata> first;
        Future<RecordMetadata> last;
        int count;

        SentRecords(Future<RecordMetadata> first) {
            this.first = first;
            this.last = first;
        }
    }

    /** The first record of a batch that failed; whatever is sent after it fails with its error. */
    private record Refusal(String topic, Exception cause) {}

    private KafkaTopicWriter(RelaySettings settings) {
        this.settings = settings;
        this.headers = new RecordHeaderWriter(settings);
    }

    /** Creates a writer with its producers. */
    public static KafkaTopicWriter create(RelaySettings settings) {
        return of(settings, index -> producer(settings, index));
    }

    static KafkaTopicWriter of(RelaySettings settings, IntFunction<Producer<byte[], byte[]>> producers) {
        KafkaTopicWriter writer = new KafkaTopicWriter(settings);
        try {
            for (int index = 0; index < TURNS; index++) {
                writer.producers.add(producers.apply(index));
            }
            return writer;
        } catch (KafkaException e) {
            writer.close();
            throw new RetriableException(
                    "No producer could be made for source '" + settings.source() + "': " + e.getMessage(), e);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(RelaySettings settings, int index) {
        Map<String, Object> config = new HashMap<>();
        int largest = settings.streams().stream()
                .map(StreamSettings::content)
                .flatMap(c -> c instanceof StreamSettings.Events e ? Stream.of(e.maxMessageBytes()) : Stream.of())
                .reduce(StreamSettings.DEFAULT_MAX_MESSAGE_BYTES, Math::max);
        config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_BACKOFF_MS);
        config.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 << 10));
        // Each producer keeps what it once used: with the default of 32 MiB four of them would fill a small heap.
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(Math.max(12 << 20, 2 * largest)));
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(largest + (64 << 10)));
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "30000");
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "60000");
        config.putAll(settings.kafka());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        config.put(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                Names.transactionalId(settings.source(), settings.slot(), index));
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "freshet-relay-" + settings.source() + '-' + index);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void fence() {
        for (Producer<byte[], byte[]> producer : producers) {
            run("take over as the writer", producer::initTransactions);
        }
    }

    @Override
    public void ledgerEndsAt(long end) {
        ledgerEnd = end;
    }

    @Override
    public void begin() {
        turn = (turn + 1) % TURNS;
        sent.clear();
        firstToLedger = null;
        lastToLedger = null;
        refusal = null;
        run("begin a transaction", producers.get(turn)::beginTransaction);
    }

    @Override
    public void send(TopicInfo topic, TopicRecord row) {
        byte[] key = row.key();
        // what has no key is spread by its position: alike whenever it is sent again
        byte[] spread = key == null ? row.position().toBytes() : key;
        int partition = Utils.toPositive(Utils.murmur2(spread)) % topic.partitions();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic.topic(), partition, null, key, row.value(), headers.of(row));
        try {
            Future<RecordMetadata> future = producers.get(turn).send(record, this::sent);
            @Nullable SentRecords[] byPartition = sent.get(topic.topic());
            if (byPartition == null) {
                byPartition = new SentRecords[topic.partitions()];
                sent.put(topic.topic(), byPartition);
            }
            SentRecords records = byPartition[partition];
            if (records == null) {
                records = new SentRecords(future);
                byPartition[partition] = records;
            }
            records.last = future;
            records.count++;
        } catch (KafkaException e) {
            throw explain(topic.topic(), e);
        }
    }

    private void sent(RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null && refusal == null) {
            refusal = new Refusal(metadata.topic(), failure);
        }
    }

    @Override
    public void flush(TopicEnds ends) {
        run("write a batch", producers.get(turn)::flush);
        Map<String, String> damages = new TreeMap<>();
        List<RuntimeException> failures = new ArrayList<>();
        sent.forEach((topic, byPartition) -> {
            for (int p = 0; p < byPartition.length; p++) {
                SentRecords records = byPartition[p];
                if (records == null) {
                    continue;
                }
                try {
                    String damage = ends.raise(
                            topic, p, offset(topic, records.first), offset(topic, records.last) + 1, records.count);
                    if (damage != null) {
                        damages.putIfAbsent(topic, damage);
                    }
                } catch (RetriableException e) {
                    failures.add(e);
                }
            }
        });
        if (!damages.isEmpty()) {
            throw new TopicsDamagedException(damages);
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private long offset(String topic, Future<RecordMetadata> written) {
        try {
            RecordMetadata metadata = written.get();
            if (!metadata.hasOffset()) {
                // sent twice, and the broker remembers no more where it stands
                throw new RetriableException(
                        "Kafka has written a record to topic '" + topic + "' and did not say at which offset");
            }
            return metadata.offset();
        } catch (ExecutionException e) {
            throw explain(topic, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("Interrupted while a batch was written", e);
        }
    }

    @Override
    public void writeLedger(String key, byte @Nullable [] value) {
        try {
            Future<RecordMetadata> future = producers
                    .get(turn)
                    .send(new ProducerRecord<>(settings.ledger(), 0, key.getBytes(StandardCharsets.UTF_8), value));
            firstToLedger = firstToLedger == null ? future : firstToLedger;
            lastToLedger = future;
        } catch (KafkaException e) {
            throw explain(settings.ledger(), e);
        }
    }

    /**
     * Commits, when all that was sent is written.
     *
     * <p>The flush is not for speed. The client's sender asks whether batches are unfinished, and only then takes the next
     * request; a record sent and a commit asked for in between make it end the transaction first. The record would be in no
     * transaction, and the next flush of this producer would wait for it until {@code delivery.timeout.ms} has passed. Seen
     * with kafka-clients 4.3 about once in ten thousand commits on two busy cores.
     */
    @Override
    public void commit() {
        Producer<byte[], byte[]> producer = producers.get(turn);
        run("write the ledger", producer::flush);
        requireKnownLedger();
        run("commit a batch", producer::commitTransaction);
    }

    private void requireKnownLedger() {
        Future<RecordMetadata> first = firstToLedger;
        Future<RecordMetadata> last = lastToLedger;
        if (first == null || last == null) {
            return;
        }
        long offset = offset(settings.ledger(), first);
        if (offset < ledgerEnd) {
            throw new LedgerLostException(
                    settings,
                    "The topic '" + settings.ledger()
                            + "' was truncated, or deleted and made again, since a record just"
                            + " written to it stands at offset " + offset + ", but it was written up to " + ledgerEnd);
        }
        ledgerEnd = offset(settings.ledger(), last) + 1;
    }

    @Override
    public void giveUp() {
        try {
            producers.get(turn).abortTransaction();
        } catch (KafkaException | IllegalStateException e) {
            RuntimeException failure = explain("give up a batch", e);
            if (failure instanceof FencedException) {
                throw failure;
            }
            // The batch stays undecided until the producer is closed, the next fence, or Kafka's time-out; another
            // producer takes the next one.
            LOG.warn("{}", failure.getMessage());
        }
    }

    private void run(String what, Runnable call) {
        try {
            call.run();
        } catch (InterruptException e) {
            throw new RetriableException("Interrupted while trying to " + what, e);
        } catch (KafkaException | IllegalStateException e) {
            throw explain(what, e);
        }
    }

    private RuntimeException explain(String where, @Nullable Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            // The last of these comes when the fence falls between a batch's records and its commit.
            if (t instanceof ProducerFencedException
                    || t instanceof InvalidProducerEpochException
                    || t instanceof InvalidTxnStateException) {
                return new FencedException(
                        "Another relay of source '" + settings.source() + "' has taken over; this one stands by", t);
            }
        }
        Refusal first = refusal;
        if (first != null && sent.containsKey(first.topic())) {
            boolean tooLarge = first.cause() instanceof RecordTooLargeException
                    || first.cause() instanceof RecordBatchTooLargeException;
            if (tooLarge
                    || first.cause() instanceof UnknownTopicOrPartitionException
                    || first.cause() instanceof AuthorizationException) {
                return new StreamWriteException(
                        first.topic(),
                        tooLarge ? StreamWriteException.Kind.LASTING : StreamWriteException.Kind.PASSING,
                        "Topic '" + first.topic() + "' refuses a record: "
                                + first.cause().getMessage(),
                        first.cause());
            }
        }
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof AuthorizationException) {
                return refused(where, t);
            }
        }
        return new RetriableException(
                "Kafka failed at '" + where + "' for source '" + settings.source() + "': " + reason(e), e);
    }

    /** Returns Kafka's words; those for a producer in an error state say nothing, what lies behind them does. */
    private static String reason(@Nullable Throwable e) {
        String root = AdminCalls.rootMessage(e);
        return e == null || e.getMessage() == null || root.contains(e.getMessage())
                ? root
                : e.getMessage() + " (" + root + ")";
    }

    private ConfigurationException refused(String where, Throwable e) {
        String what;
        if (e instanceof TransactionalIdAuthorizationException) {
            String first = Names.transactionalId(settings.source(), settings.slot(), 0);
            String ids = first.substring(0, first.length() - 1);
            what = "write under the transactional ids '" + ids + "…': allow it (kafka-acls.sh --add --operation Write"
                    + " --resource-pattern-type prefixed --transactional-id '" + ids + "')";
        } else {
            what = where + " (" + e.getMessage() + "): allow it Write on the source's topics and its ledger '"
                    + settings.ledger() + "' (kafka-acls.sh --add)";
        }
        return new ConfigurationException(
                "Kafka does not let the user of source '" + settings.source() + "' " + what
                        + "; docs/how-to/least-rights.md has all that a relay needs",
                e);
    }

    @Override
    public void close() {
        for (Producer<byte[], byte[]> producer : producers) {
            producer.close(CLOSE_LIMIT);
        }
    }
}
