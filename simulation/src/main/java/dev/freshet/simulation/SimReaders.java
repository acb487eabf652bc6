package dev.freshet.simulation;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.Cursor;
import dev.freshet.model.ledger.StreamEntry;
import dev.freshet.replica.agent.Readers;
import dev.freshet.stream.DeadLetters;
import dev.freshet.stream.LedgerReader;
import dev.freshet.stream.LedgerView;
import dev.freshet.stream.StreamLocation;
import dev.freshet.stream.StreamReader;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The readers of one instance of a replica. */
final class SimReaders implements Readers {
    private static final int BOUNDARIES = 64;

    private final SimKafka kafka;
    private final SimGroup group;
    private final SimProcess process;
    private final Random random;
    private final Rules rules;

    SimReaders(SimKafka kafka, SimGroup group, SimProcess process, Random random, Rules rules) {
        this.kafka = kafka;
        this.group = group;
        this.process = process;
        this.random = random;
        this.rules = rules;
    }

    @Override
    public StreamReader inGroup() {
        return new SimStreamReader(kafka, group, process, random, rules);
    }

    @Override
    public StreamReader alone() {
        return new SimStreamReader(kafka, null, process, random, rules);
    }

    @Override
    public LedgerReader ledger(String ledger, Set<String> topics) {
        return new SimLedgerReader(kafka, process, new LedgerView(ledger, topics, BOUNDARIES, kafka.clock), rules);
    }

    @Override
    public DeadLetters deadLetters(String topic) {
        return new SimDeadLetters(kafka.deadLetters, process);
    }

    @Override
    public StreamLocation locate(String topic, @Nullable String ledger) {
        if (process.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The brokers are away");
        }
        Cursor cursor = kafka.cursor();
        if (cursor != null) {
            for (StreamEntry entry : cursor.streams().values()) {
                if (entry.topic().equals(topic)) {
                    return new StreamLocation(cursor.source().name(), entry.stream(), topic, kafka.settings.ledger());
                }
            }
        }
        throw new ConfigurationException("No ledger names the topic '" + topic + "'");
    }
}
