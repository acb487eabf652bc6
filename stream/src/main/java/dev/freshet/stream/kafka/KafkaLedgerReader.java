package dev.freshet.stream.kafka;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.LossException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.MissingSchemaException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** {@link LedgerReader} on Kafka's consumer, assigned to the ledger's one partition. */
public final class KafkaLedgerReader implements LedgerReader {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(10);

    /** How long the ledger may be silent before it is asked where it ends; a relay that is at work writes to it each second. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    private static final Duration DOUBT_LIMIT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final LedgerView view;
    private final Duration askLimit;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private long heardNanos;

    /**
     * Creates a reader that stands at the ledger's beginning.
     *
     * @param nanoTime tells the time, in nanoseconds from anywhere
     */
    KafkaLedgerReader(Consumer<byte[], byte[]> consumer, LedgerView view, Duration askLimit, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.partition = new TopicPartition(view.ledger(), 0);
        this.view = view;
        this.askLimit = askLimit;
        this.nanoTime = nanoTime;
        this.heardNanos = nanoTime.getAsLong();
        consumer.assign(List.of(partition));
        consumer.seek(partition, view.nextOffset());
    }

    /**
     * Creates a reader that stands at the ledger's beginning. Nothing is asked of the brokers yet.
     *
     * @param kafka how to reach Kafka
     * @param view what it fills, empty so far; names the topic
     * @param askLimit how long a question to the brokers may take, such as 10 s
     * @throws ConfigurationException if the properties contradict the protocol or are not accepted
     */
    public static KafkaLedgerReader create(KafkaConnection kafka, LedgerView view, Duration askLimit) {
        return new KafkaLedgerReader(kafka.consumer("ledger", null), view, askLimit, System::nanoTime);
    }

    @Override
    public LedgerView view() {
        return view;
    }

    @Override
    public int poll(Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            return pollLocked(wait);
        } finally {
            lock.unlock();
        }
    }

    private int pollLocked(Duration wait) throws InterruptedException {
        ConsumerRecords<byte[], byte[]> got;
        try {
            got = consumer.poll(wait);
        } catch (InterruptException e) {
            Thread.interrupted(); // Kafka has set the flag again; the checked exception takes its place
            InterruptedException checked = new InterruptedException("Interrupted while reading the ledger");
            checked.initCause(e);
            throw checked;
        } catch (OffsetOutOfRangeException e) {
            throw lost(e);
        } catch (RuntimeException e) {
            throw KafkaFaults.translate("reading the ledger '" + view.ledger() + "'", e);
        }
        try {
            for (ConsumerRecord<byte[], byte[]> record : got) {
                byte[] key = record.key();
                if (key != null) {
                    view.apply(new String(key, StandardCharsets.UTF_8), record.value(), record.offset());
                }
            }
        } catch (RuntimeException e) {
            // the next poll meets the same record: what cannot be read is not passed over
            consumer.seek(partition, view.nextOffset());
            throw e;
        }
        long now = nanoTime.getAsLong();
        if (!got.isEmpty()) {
            heardNanos = now;
        } else if (now - heardNanos >= SILENCE.toNanos()) {
            heardNanos = now;
            doubt();
        }
        return got.count();
    }

    /** Kafka's client can be deaf to a topic that was made again, and gives nothing then. */
    private void doubt() {
        try {
            end(DOUBT_LIMIT);
        } catch (RetriableException e) {
            // brokers that are away give nothing either: it is not known, and asked again
            return;
        }
    }

    private LossException lost(@Nullable Throwable cause) {
        return new LossException(
                "The ledger '" + view.ledger() + "' has no longer the offset " + view.nextOffset()
                        + " up to which it was read: it was truncated or made again. Nothing is told complete by it;"
                        + " start the reader again when the relay has written a new one, and fill the copies anew",
                cause);
    }

    @Override
    public void readToEnd(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        lock.lockInterruptibly();
        try {
            long end = end(askLimit);
            while (position() < end) {
                if (System.nanoTime() - deadline >= 0) {
                    throw new RetriableException("The ledger '" + view.ledger() + "' could not be read to offset " + end
                            + " within " + limit.toMillis() + " ms; it is read to offset " + view.nextOffset()
                            + " so far, and Freshet reads on");
                }
                pollLocked(STEP.multipliedBy(10));
            }
        } finally {
            lock.unlock();
        }
    }

    private long end(Duration limit) {
        String what = "asking where the ledger '" + view.ledger() + "' ends";
        List<PartitionInfo> partitions = ask(what, () -> consumer.partitionsFor(view.ledger(), limit));
        if (partitions.isEmpty()) {
            throw new RetriableException("The ledger '" + view.ledger() + "' does not exist (or this client may not"
                    + " describe it): start the relay of its source, or correct the name");
        }
        if (partitions.size() != 1) {
            throw new ConfigurationException("The topic '" + view.ledger() + "' has " + partitions.size()
                    + " partitions, but a ledger has 1: it is no ledger; correct the name");
        }
        Map<TopicPartition, Long> ends = ask(what, () -> consumer.endOffsets(List.of(partition), limit));
        long end = ends.getOrDefault(partition, 0L);
        if (end < view.nextOffset()) {
            throw lost(null);
        }
        return end;
    }

    private long position() {
        return ask("reading the ledger '" + view.ledger() + "'", () -> consumer.position(partition, askLimit));
    }

    private static <T> T ask(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            throw KafkaFaults.translate(what, e);
        }
    }

    @Override
    public SchemaRecord awaitSchema(String stream, String version, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<SchemaRecord> schema = view.schema(stream, version);
            if (schema.isPresent()) {
                return schema.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new MissingSchemaException("The ledger '" + view.ledger() + "' has no schema " + version
                        + " of stream '" + stream + "'" + (limit.isZero() ? "" : " after " + limit.toMillis() + " ms")
                        + ", though the relay writes it no later than the first record that names it; Freshet asks again."
                        + " If it stays missing, run 'freshet remove stream " + stream + "' to begin it anew");
            }
            // another thread may be polling: then its poll brings the record
            if (lock.tryLock(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    pollLocked(STEP);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
