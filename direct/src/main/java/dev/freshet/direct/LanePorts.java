package dev.freshet.direct;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What {@link Lanes} know of threads, of Kafka and of the table. All of it is called on the loop's thread and answers there, but for
 * what says otherwise.
 */
interface LanePorts {
    /** Runs tasks one after the other; any thread may give some. */
    interface Tasks {
        /** Runs a task behind those that were given before; returns whether it will, which it does not at the end. */
        boolean execute(Runnable task);

        /** Runs a task later; tasks of the same time in their order. Returns whether it will. */
        boolean schedule(Runnable task, long nanos);
    }

    /** Writes records. */
    interface Records {
        /** Writes a record, once as far as Kafka's idempotent producer goes. */
        void send(ProducerRecord<byte[], byte[]> record, KafkaSender.Answer answer);

        /** Gives up what is on its way: it is answered with a fault, though it may have been written. */
        void abort();
    }

    /** Writes dead letters. */
    interface DeadLetters {
        /** Writes an event as a letter. */
        void send(Entry entry, Fault why, KafkaSender.Answer answer);
    }

    /** Knows whether the dead letters of before were read. */
    interface LettersRead {
        /** Returns whether the keys of before are known. */
        boolean isKnown();

        /** Returns for how long they have not been known, in nanoseconds, while they are not. */
        long unknownForNanos();

        /** Returns why they are not, as a sentence. */
        String trouble();
    }

    /** Keeps events in the table. */
    interface Undelivered {
        /** Keeps events of a key, behind those that were given before; by any thread. */
        void keep(Keeper.Order order);

        /**
         * Reads which keys have rows, behind the orders that were given before.
         *
         * @param most how many at most
         * @param answer told them, on any thread; empty if the database failed
         */
        void read(int most, Consumer<Optional<Set<String>>> answer);
    }
}
