package dev.freshet.replica;

import dev.freshet.replica.agent.KafkaReaders;
import dev.freshet.replica.agent.Readers;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.StreamBatch;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Real readers, of which those without a group do not come to the end, and give nothing more after so many records,
 * until they are let go.
 */
class HeldReaders implements Readers {
    private final Readers readers;
    private final @Nullable String topic;
    private volatile int left;

    HeldReaders(ReplicaConfig config, int records) {
        this(config, records, null);
    }

    /** Holds only those that read the topic. */
    HeldReaders(ReplicaConfig config, int records, @Nullable String topic) {
        this.readers = new KafkaReaders(config, Clock.systemUTC());
        this.left = records;
        this.topic = topic;
    }

    void letGo() {
        left = Integer.MAX_VALUE;
    }

    @Override
    public StreamReader inGroup() {
        return readers.inGroup();
    }

    @Override
    public StreamReader alone() {
        StreamReader reader = readers.alone();
        AtomicBoolean held = new AtomicBoolean();
        return (StreamReader) Proxy.newProxyInstance(
                StreamReader.class.getClassLoader(),
                new Class<?>[] {StreamReader.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("assign")) {
                        held.set(topic == null || arguments[0].toString().contains(topic + '-'));
                    }
                    boolean poll = method.getName().equals("poll");
                    if (poll && held.get() && left <= 0) {
                        return StreamBatch.EMPTY;
                    }
                    if (method.getName().equals("position") && held.get() && left < Integer.MAX_VALUE) {
                        return 0L;
                    }
                    Object answer = call(reader, method, arguments);
                    if (answer instanceof StreamBatch batch && held.get() && left < Integer.MAX_VALUE) {
                        left -= batch.records().size();
                    }
                    return answer;
                });
    }

    /** Calls a method, which fails as it would without a proxy. */
    static @Nullable Object call(Object real, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public LedgerReader ledger(String ledger, Set<String> topics) {
        return readers.ledger(ledger, topics);
    }

    @Override
    public DeadLetters deadLetters(String deadTopic) {
        return readers.deadLetters(deadTopic);
    }

    @Override
    public StreamLocation locate(String topic, @Nullable String ledger) throws InterruptedException {
        return readers.locate(topic, ledger);
    }
}
