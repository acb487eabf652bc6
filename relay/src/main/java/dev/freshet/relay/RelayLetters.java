package dev.freshet.relay;

import dev.freshet.letters.LetterChange;
import dev.freshet.letters.LetterFilter;
import dev.freshet.letters.LetterReader;
import dev.freshet.letters.Letters;
import dev.freshet.letters.ReadableLetters;
import dev.freshet.relay.internal.LetterPorts;
import dev.freshet.relay.internal.LetterWork;
import dev.freshet.relay.kafka.KafkaTopicStore;
import dev.freshet.relay.kafka.KafkaTopicWriter;
import dev.freshet.relay.port.TopicStore;
import dev.freshet.relay.port.TopicWriter;
import java.time.InstantSource;
import java.util.function.IntConsumer;

/**
 * Deals with the dead letters of a source's events: sends them again, gives them up, or changes them. A running relay of the
 * source is fenced by it, stands by, and takes over again afterwards. Belongs to one thread.
 *
 * <p>What is sent again comes behind all that its topic has, at new positions, and in the same Kafka transaction as the record that
 * tells so and the ledger's entry: each letter is sent once. A key of which no letter waits any more is no longer parked.
 */
public final class RelayLetters implements Letters {
    private final LetterWork work;

    /** Creates it; nothing is asked or written yet. */
    public RelayLetters(RelaySettings settings, InstantSource clock) {
        work = new LetterWork(settings, new KafkaLetterPorts(settings, clock), clock);
    }

    @Override
    public int redrive(LetterFilter filter, IntConsumer progress) {
        return work.redrive(filter, progress);
    }

    @Override
    public int discard(LetterFilter filter, IntConsumer progress) {
        return work.discard(filter, progress);
    }

    @Override
    public void replace(String placeOrId, LetterChange change) {
        work.replace(placeOrId, change);
    }

    private record KafkaLetterPorts(RelaySettings settings, InstantSource clock) implements LetterPorts {
        @Override
        public TopicStore openStore() {
            return KafkaTopicStore.create(settings);
        }

        @Override
        public TopicWriter openWriter() {
            return KafkaTopicWriter.create(settings);
        }

        @Override
        public ReadableLetters openLetters() {
            return LetterReader.open(settings.events().deadLetterTopic(), settings.kafka(), clock);
        }
    }
}
