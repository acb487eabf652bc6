package dev.freshet.direct;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Names;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.Event;
import dev.freshet.outbox.EventChecks;
import dev.freshet.outbox.EventCodec;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events straight to Kafka after the caller's commit, with retry. Safe to share between threads.
 *
 * <p>Events of one key that a thread publishes one after the other stay in that order, also where they are tried again or kept; the
 * same event may be written twice, with the same {@code ce_id}. An event is lost if the process dies before its stage completes,
 * unless it was {@link Outcome#KEPT}. Stages complete on the JVM's common pool.
 */
public final class DirectPublisher implements AutoCloseable {
    private final Engine engine;
    private final DirectSettings settings;

    private DirectPublisher(Engine engine, DirectSettings settings) {
        this.engine = engine;
        this.settings = settings;
    }

    /**
     * Returns where on the class path the definition of the table of undelivered events is: one file, for Liquibase, or whatever else
     * runs SQL. Liquibase takes it as a change log, or as a file that one includes.
     */
    public static String migration(Dialect dialect) {
        return UndeliveredTable.migration(dialect);
    }

    /**
     * Returns the folder of {@link #migration}, with nothing else in it, as Flyway wants it: {@code "classpath:" +
     * migrationFolder(dialect)} is a location. Its versions begin with 1: give it a history of its own, as {@link
     * Dialect#migrationFolder} says.
     */
    public static String migrationFolder(Dialect dialect) {
        return UndeliveredTable.migrationFolder(dialect);
    }

    /**
     * Begins a publisher.
     *
     * @param kafkaProperties properties of Kafka's clients, with {@code bootstrap.servers}
     */
    public static Builder builder(Map<String, String> kafkaProperties) {
        return new Builder(kafkaProperties);
    }

    /**
     * Publishes an event. To be called after the commit of what it tells of. If the queue is full it waits for {@link
     * Builder#blockFor}, and with {@link Builder#undelivered} up to 10 s and Kafka's {@code delivery.timeout.ms} more.
     *
     * @return where it has gone; it fails with a {@link FreshetException} if it has gone nowhere
     * @throws dev.freshet.outbox.EventRefusedException if the event is not allowed, or its parked key is full
     * @throws dev.freshet.model.RetriableException if the queue stays full
     * @throws FreshetException if the publisher is closed
     */
    public CompletionStage<Outcome> publish(Event event) {
        return publish(List.of(event)).get(0);
    }

    /**
     * Publishes events, in their order. If one is refused, none is sent.
     *
     * @return where each has gone, in the same order
     * @throws dev.freshet.outbox.EventRefusedException as for a single one
     */
    public List<CompletionStage<Outcome>> publish(List<Event> events) {
        return engine.send(engine.admission().admit(events));
    }

    /**
     * Begins a transaction whose events are sent after its commit.
     *
     * @param connection the caller's; auto-commit is off until the transaction is closed
     * @throws FreshetException if the connection fails
     */
    public DirectTransaction begin(Connection connection) {
        return new DirectTransaction(engine, connection);
    }

    /** Returns what there is to do now. */
    public DirectStatus status() {
        return engine.status();
    }

    /**
     * Takes no more events and waits for those that it has. What Kafka has not taken within the limit goes to the table of undelivered
     * events, for which it has 10 s more; without one, the events' stages fail.
     *
     * @param limit how long to wait for Kafka
     * @return the events that are nowhere, to be published again by {@link Event#of}; none if it was closed before
     */
    public List<PublishedEvent> close(Duration limit) {
        return engine.close(limit);
    }

    /**
     * Closes within {@link Builder#closeFor}.
     *
     * @throws FreshetException if events are nowhere; the message names the first
     */
    @Override
    public void close() {
        List<PublishedEvent> left = close(settings.closeFor());
        if (!left.isEmpty()) {
            throw new FreshetException(
                    left.size() + " events of source '" + settings.source()
                            + "' were not sent before it was closed, the first " + left.get(0)
                            + ": publish them again with the same ids, or raise closeFor(…), or have them kept by undelivered(…)");
        }
    }

    /** Collects a publisher's settings. Belongs to one thread. */
    public static final class Builder {
        private static final int CAPACITY_EVENTS = 10_000;
        private static final long CAPACITY_BYTES = 32L << 20;
        private static final int PARKED_LIMIT = 1000;

        private final Map<String, String> kafka;
        private final Map<String, String> topics = new LinkedHashMap<>();
        private final EventChecks.Builder checks = EventChecks.builder();
        private Optional<String> source = Optional.empty();
        private Optional<String> deadLetterTopic = Optional.empty();
        private InstantSource clock = InstantSource.system();
        private Optional<Duration> retryFor = Optional.empty();
        private FailedKey onFailedKey = FailedKey.PARK;
        private int parkedLimit = PARKED_LIMIT;
        private Optional<DataSource> undelivered = Optional.empty();
        private int capacityEvents = CAPACITY_EVENTS;
        private long capacityBytes = CAPACITY_BYTES;
        private Duration blockFor = Duration.ofSeconds(5);
        private Duration closeFor = Duration.ofSeconds(10);
        private int maxBytes = EventChecks.DEFAULT_MAX_BYTES;

        private Builder(Map<String, String> kafka) {
            this.kafka = Map.copyOf(kafka);
        }

        /** Names the source, as which the service publishes: {@code ce_source} is {@code /freshet/<name>}. Required. */
        public Builder source(String name) {
            source = Optional.of(Names.require("source", name));
            return this;
        }

        /** Adds a stream with its topic, which must exist. At least one is required. */
        public Builder stream(String name, String topic) {
            topics.put(Names.require("stream", name), Objects.requireNonNull(topic, "topic"));
            return this;
        }

        /** Sets what encodes payloads that are objects. Default: {@link dev.freshet.outbox.JsonCodec}. */
        public Builder codec(EventCodec value) {
            checks.codec(value);
            return this;
        }

        /**
         * Sets how many bytes an event may have, key and headers included. Default: 1,000,000.
         *
         * @param value from 1
         */
        public Builder maxBytes(int value) {
            checks.maxBytes(value);
            maxBytes = value;
            return this;
        }

        /** Sets the clock of new events' ids, {@code ce_time} and letters. Default: the system's. */
        public Builder clock(InstantSource value) {
            checks.clock(value);
            clock = value;
            return this;
        }

        /**
         * Sets what tells the W3C trace context of the work that publishes, which travels in the header {@code traceparent};
         * null where there is none. Asked on the thread that publishes. Default: none.
         */
        public Builder traceParent(Supplier<@Nullable String> value) {
            checks.traceParent(value::get);
            return this;
        }

        /**
         * Sets for how long an event is tried before it becomes a dead letter; what trying again does not help becomes one at once.
         * If Kafka is away from the start, so that it is not known which keys are parked, an event with a key is not tried: once the
         * bound is over it goes to the table of undelivered events, and without one its stage fails. Default: without limit.
         *
         * @param bound more than zero; a try that is under way when it ends is waited for, at most Kafka's {@code
         *     delivery.timeout.ms}, which by default is the bound too, but 1 s at least and 10 s at most
         */
        public Builder retryFor(Duration bound) {
            retryFor = Optional.of(positive("retryFor", bound));
            return this;
        }

        /** Sets the dead-letter topic, which is made if it is missing. Default: {@code <source>.freshet-dead-letters}. */
        public Builder deadLetterTopic(String name) {
            deadLetterTopic = Optional.of(name);
            return this;
        }

        /** Sets what happens to later events of a key that has a dead letter. Default: {@link FailedKey#PARK}. */
        public Builder onFailedKey(FailedKey value) {
            onFailedKey = value;
            return this;
        }

        /**
         * Sets how many letters may stand behind the first one of a parked key; then its events are refused. Those that were
         * taken before the key was parked go behind it as well. Default: 1,000.
         *
         * @param letters from 0
         */
        public Builder parkedLimit(int letters) {
            if (letters < 0) {
                throw new IllegalArgumentException("parkedLimit must be 0 or more, but is " + letters);
            }
            parkedLimit = letters;
            return this;
        }

        /**
         * Sets where events are kept that Kafka cannot take at all, in the table {@code freshet_undelivered}; it may have two
         * connections at a time. {@link #migration} makes it. Default: nowhere, so that their stages fail.
         *
         * @param database PostgreSQL 14, MySQL 8.0.17 or MariaDB 10.7, or newer
         */
        public Builder undelivered(DataSource database) {
            undelivered = Optional.of(database);
            return this;
        }

        /**
         * Sets how much may wait to be sent. Default: 10,000 events, 33,554,432 bytes.
         *
         * @param events from 1
         * @param bytes from {@link #maxBytes} on, and 1,000 for what stands around an event
         */
        public Builder capacity(int events, long bytes) {
            if (events < 1) {
                throw new IllegalArgumentException("capacity must be 1 event or more, but is " + events);
            }
            capacityEvents = events;
            capacityBytes = bytes;
            return this;
        }

        /** Sets how long publishing waits for room in a full queue. Default: 5 s. */
        public Builder blockFor(Duration limit) {
            blockFor = notNegative("blockFor", limit);
            return this;
        }

        /** Sets how long closing waits for Kafka. Default: 10 s. */
        public Builder closeFor(Duration limit) {
            closeFor = notNegative("closeFor", limit);
            return this;
        }

        private static Duration notNegative(String setting, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(setting + " must not be negative, but is " + value);
            }
            return value;
        }

        private static Duration positive(String setting, Duration value) {
            if (value.isZero()) {
                throw new IllegalArgumentException(setting + " must be more than zero");
            }
            return notNegative(setting, value);
        }

        /**
         * Returns the publisher. Kafka need not be there yet.
         *
         * @throws ConfigurationException if settings are missing or do not fit, Kafka's client does not accept its properties, or the
         *     table of undelivered events is missing
         * @throws dev.freshet.model.RetriableException if that table's database cannot be reached
         */
        public DirectPublisher build() {
            String name = source.orElseThrow(
                    () -> new ConfigurationException("The direct publisher has no source: give it source(name)"));
            if (topics.isEmpty()) {
                throw new ConfigurationException(
                        "The direct publisher of source '" + name + "' has no stream: give it stream(name, topic)");
            }
            if (capacityBytes < maxBytes + 1000L) {
                throw new ConfigurationException("capacity(…) is " + capacityBytes
                        + " bytes, and an event may have maxBytes(…) " + maxBytes + ": give it " + (maxBytes + 1000L)
                        + " or more");
            }
            String letters = deadLetterTopic.orElse(Names.deadLetters(name));
            if (topics.containsValue(letters)) {
                throw new ConfigurationException("The dead-letter topic '" + letters
                        + "' is the topic of a stream as well: name another by deadLetterTopic(…)");
            }
            DirectSettings settings = new DirectSettings(
                    name,
                    kafka,
                    Map.copyOf(topics),
                    clock,
                    retryFor,
                    letters,
                    onFailedKey,
                    parkedLimit,
                    undelivered,
                    capacityEvents,
                    capacityBytes,
                    blockFor,
                    closeFor,
                    maxBytes);
            Engine engine = new Engine(
                    settings,
                    checks.streams(topics.keySet(), "add it by stream(name, topic)")
                            .build());
            engine.start();
            return new DirectPublisher(engine, settings);
        }
    }
}
