package dev.freshet.simulation;

import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.Letters;
import dev.freshet.letters.ReadableLetters;
import dev.freshet.model.FreshetException;
import dev.freshet.relay.internal.LetterPorts;
import dev.freshet.relay.internal.LetterWork;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.util.Random;
import java.util.Set;

/** Does what the commands do with which a person deals with dead letters; each command is a process of its own. */
final class LetterOperator {
    private static final int CALLS = 30;

    private final SimKafka kafka;
    private final EventConfig config;

    LetterOperator(SimKafka kafka, EventConfig config) {
        this.kafka = kafka;
        this.config = config;
    }

    /** Does what {@code freshet dlq redrive} does, which may end or stand still. */
    void redriveSomething(Random random, SimProcess.Interruption standStill) {
        LetterFilter filter = some(random);
        SimProcess process = new SimProcess();
        switch (random.nextInt(4)) {
            case 0 ->
                process.interrupt(1 + random.nextInt(CALLS), () -> {
                    process.kill();
                    return Calls.Trouble.NONE;
                });
            case 1 -> process.interrupt(1 + random.nextInt(CALLS), standStill);
            default -> {
                // undisturbed
            }
        }
        redrive(filter, process);
    }

    /** Sends all letters of a stream. */
    void redrive(String stream) {
        redrive(of(Set.of(stream), Set.of()), Calls.UNDISTURBED);
    }

    private void redrive(LetterFilter filter, Calls calls) {
        ask(() -> letters(calls).redrive(filter, n -> {}));
    }

    /** Does what {@code freshet dlq discard} does. */
    void discardSomething(Random random) {
        discard(some(random));
    }

    /** Gives up all letters of a stream. */
    void discard(String stream) {
        discard(of(Set.of(stream), Set.of()));
    }

    private void discard(LetterFilter filter) {
        ask(() -> letters(Calls.UNDISTURBED).discard(filter, n -> {}));
    }

    private static void ask(Runnable command) {
        try {
            command.run();
        } catch (Calls.Killed e) {
            // what it has not said to be done is not done
        } catch (FreshetException e) {
            // it cannot be, or not now: the operator was told
        }
    }

    private static LetterFilter some(Random random) {
        String stream = SimOutbox.STREAMS.get(random.nextInt(SimOutbox.STREAMS.size()));
        return of(Set.of(stream), random.nextBoolean() ? Set.of("k" + random.nextInt(SimOutbox.KEYS)) : Set.of());
    }

    private static LetterFilter of(Set<String> streams, Set<String> keys) {
        return new LetterFilter(Set.of(), streams, keys, Set.of(), Set.of(), null, null);
    }

    private Letters letters(Calls calls) {
        LetterPorts ports = new LetterPorts() {
            @Override
            public TopicStore openStore() {
                return kafka.openStore(calls);
            }

            @Override
            public TopicWriter openWriter() {
                return kafka.openWriter(calls);
            }

            @Override
            public ReadableLetters openLetters() {
                return new SimLetters(kafka, EventConfig.EVENTS.deadLetterTopic(), calls);
            }
        };
        return new LetterWork(config.settings(), ports, kafka.clock);
    }
}
