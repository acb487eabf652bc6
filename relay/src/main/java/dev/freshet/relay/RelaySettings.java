package dev.freshet.relay;

import dev.freshet.capture.TableCapture;
import dev.freshet.model.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a relay relays, and within which limits. Immutable; made by {@link #builder}. */
public final class RelaySettings {
    /** The default of the time between two samples. */
    public static final Duration DEFAULT_SAMPLE_INTERVAL = Duration.ofMillis(500);

    /** The default of the time between two heartbeats. */
    public static final Duration DEFAULT_HEARTBEAT_INTERVAL = Duration.ofSeconds(10);

    /** The default of how long a topic may refuse records. */
    public static final Duration DEFAULT_STREAM_RETRY_LIMIT = Duration.ofMinutes(1);

    /** The default of how many bytes of log the slot may hold back without an alarm: 10 GiB. */
    public static final long DEFAULT_RETAINED_WAL_ALARM_BYTES = 10L << 30;

    /** The default of how long a source that has begun anew after a loss waits before it does so again by itself. */
    public static final Duration DEFAULT_LOSS_PAUSE = Duration.ofMinutes(1);

    /** The default of the time between two looks at the topics. */
    public static final Duration DEFAULT_TOPIC_CHECK_INTERVAL = Duration.ofSeconds(10);

    /** The default of how long a topic must seem damaged. */
    public static final Duration DEFAULT_TOPIC_DOUBT_LIMIT = Duration.ofSeconds(15);

    private final String source;
    private final String ledger;
    private final String slot;
    private final List<StreamSettings> streams;
    private final Map<String, String> kafka;
    private final BatchLimits batch;
    private final Duration sampleInterval;
    private final Duration heartbeatInterval;
    private final Duration streamRetryLimit;
    private final Duration topicCheckInterval;
    private final Duration topicDoubtLimit;
    private final long retainedWalAlarmBytes;
    private final LossPolicy onLoss;
    private final Duration lossPause;
    private final int ledgerReplicationFactor;
    private final SnapshotLimits snapshotLimits;
    private final EventSettings events;

    private RelaySettings(Builder b) {
        source = b.source;
        ledger = b.ledger;
        slot = b.slot;
        streams = b.withDeadLetters();
        kafka = Map.copyOf(b.kafka);
        batch = b.batch;
        sampleInterval = b.sampleInterval;
        heartbeatInterval = b.heartbeatInterval;
        streamRetryLimit = b.streamRetryLimit;
        topicCheckInterval = b.topicCheckInterval;
        topicDoubtLimit = b.topicDoubtLimit;
        retainedWalAlarmBytes = b.retainedWalAlarmBytes;
        onLoss = b.onLoss;
        lossPause = b.lossPause;
        ledgerReplicationFactor = b.ledgerReplicationFactor;
        snapshotLimits = b.snapshotLimits;
        events = b.events;
    }

    /**
     * Begins settings.
     *
     * @param source the source's name
     * @param streams at least one stream, no two of one name or topic
     * @param kafka properties for every Kafka client, with {@code bootstrap.servers}
     */
    public static Builder builder(String source, List<StreamSettings> streams, Map<String, String> kafka) {
        return new Builder(source, streams, kafka);
    }

    /** Returns the source's name. */
    public String source() {
        return source;
    }

    /** Returns the ledger's topic. */
    public String ledger() {
        return ledger;
    }

    /** Returns the replication slot's name, a part of the transactional ids. */
    public String slot() {
        return slot;
    }

    /** Returns the streams; where events are relayed, the dead letters are the last of them. */
    public List<StreamSettings> streams() {
        return streams;
    }

    /** Returns the tables to capture: those of streams that are a table's, in their order, and the outbox table, if there is one. */
    public List<TableCapture> tables() {
        return Stream.concat(streams.stream().flatMap(s -> s.table().stream()), events.outbox().stream())
                .toList();
    }

    /** Returns where events are taken from, and what becomes of those that cannot be sent. */
    public EventSettings events() {
        return events;
    }

    /** Returns whether events are relayed; if not, those of the source are another relay's. */
    public boolean takesEvents() {
        return tables().size() < streams.size() || events.outbox().isPresent();
    }

    /** Returns the properties for every Kafka client. */
    public Map<String, String> kafka() {
        return kafka;
    }

    /** Returns what happens when changes of the source cannot be had any more. */
    public LossPolicy onLoss() {
        return onLoss;
    }

    /**
     * Returns how long after a new epoch's begin a source begins anew by itself once more at the earliest; it doubles with each
     * one of the last day, up to an hour.
     */
    public Duration lossPause() {
        return lossPause;
    }

    /** Returns how much a Kafka transaction takes, and when it ends. */
    public BatchLimits batch() {
        return batch;
    }

    /** Returns how often freshness is sampled. */
    public Duration sampleInterval() {
        return sampleInterval;
    }

    /** Returns after how long without a transaction a heartbeat is written. */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** Returns how long a stream whose topic refuses records is retried before it is given up as broken. */
    public Duration streamRetryLimit() {
        return streamRetryLimit;
    }

    /** Returns how often the leading relay compares the topics with its ledger and its settings. */
    public Duration topicCheckInterval() {
        return topicCheckInterval;
    }

    /** Returns for how long every look must say that a topic is gone, another one or too short before it counts. */
    public Duration topicDoubtLimit() {
        return topicDoubtLimit;
    }

    /** Returns above how many bytes of log held back by the slot an alarm is raised. */
    public long retainedWalAlarmBytes() {
        return retainedWalAlarmBytes;
    }

    /** Returns the replication factor of a new ledger; -1 for the broker's default. */
    public int ledgerReplicationFactor() {
        return ledgerReplicationFactor;
    }

    /** Returns how much snapshots read at once and in a second. */
    public SnapshotLimits snapshotLimits() {
        return snapshotLimits;
    }

    /** Collects settings; each setter checks its value at once. */
    public static final class Builder {
        private final String source;
        private final List<StreamSettings> streams;
        private final Map<String, String> kafka;
        private String ledger;
        private String slot;
        private BatchLimits batch = BatchLimits.DEFAULT;
        private Duration sampleInterval = DEFAULT_SAMPLE_INTERVAL;
        private Duration heartbeatInterval = DEFAULT_HEARTBEAT_INTERVAL;
        private Duration streamRetryLimit = DEFAULT_STREAM_RETRY_LIMIT;
        private Duration topicCheckInterval = DEFAULT_TOPIC_CHECK_INTERVAL;
        private Duration topicDoubtLimit = DEFAULT_TOPIC_DOUBT_LIMIT;
        private LossPolicy onLoss = LossPolicy.STOP;
        private Duration lossPause = DEFAULT_LOSS_PAUSE;
        private long retainedWalAlarmBytes = DEFAULT_RETAINED_WAL_ALARM_BYTES;
        private int ledgerReplicationFactor = -1;
        private SnapshotLimits snapshotLimits = SnapshotLimits.DEFAULT;
        private EventSettings events;

        private Builder(String source, List<StreamSettings> streams, Map<String, String> kafka) {
            this.source = Names.require("source", source);
            this.streams = List.copyOf(streams);
            this.kafka = Map.copyOf(kafka);
            this.ledger = Names.ledger(source);
            this.slot = Names.slot(source);
            this.events = EventSettings.of(source);
            if (streams.isEmpty()) {
                throw new IllegalArgumentException("Source '" + source + "' needs at least one stream");
            }
            if (streams.stream().map(StreamSettings::name).distinct().count() < streams.size()
                    || streams.stream().map(StreamSettings::topic).distinct().count() < streams.size()) {
                throw new IllegalArgumentException("Source '" + source + "' has two streams of one name or one topic");
            }
        }

        /** Sets where events are taken from, and what becomes of those that cannot be sent; by default {@link EventSettings#of}. */
        public Builder events(EventSettings settings) {
            this.events = settings;
            return this;
        }

        private List<StreamSettings> withDeadLetters() {
            boolean taken = events.outbox().isPresent()
                    || streams.stream().anyMatch(s -> s.table().isEmpty());
            return taken
                    ? Stream.concat(
                                    streams.stream(),
                                    Stream.of(StreamSettings.ofLetters(
                                            events.deadLetterTopic(), events.deadLetterBytes())))
                            .toList()
                    : streams;
        }

        /** Sets the ledger's topic; by default {@link Names#ledger}. */
        public Builder ledger(String topic) {
            this.ledger = topic;
            return this;
        }

        /** Sets the slot's name; by default {@link Names#slot}. */
        public Builder slot(String name) {
            this.slot = name;
            return this;
        }

        /**
         * Limits a Kafka transaction; by default 20,000 records and 8 MiB. Larger ones cost memory and latency, smaller ones
         * throughput.
         *
         * @param records 1 or more
         * @param bytes 1 or more
         */
        public Builder batch(int records, long bytes) {
            this.batch = batch.withSize(records, bytes);
            return this;
        }

        /**
         * Sets after how long a Kafka transaction ends although changes keep coming, above zero; by default 200 ms. When no
         * change waits, it ends at once.
         */
        public Builder batchAge(Duration age) {
            this.batch = batch.withAge(age);
            return this;
        }

        /**
         * Sets how long a commit begins after the one before it at the earliest, so that more changes share a Kafka
         * transaction; by default 5 ms. A change that comes later than that is committed at once; with zero every one is.
         */
        public Builder batchLinger(Duration linger) {
            this.batch = batch.withLinger(linger);
            return this;
        }

        /** Sets what happens when changes of the source cannot be had any more; by default the relay stops. */
        public Builder onLoss(LossPolicy policy) {
            this.onLoss = policy;
            return this;
        }

        /** Sets {@link RelaySettings#lossPause}, above zero; by default 1 minute. */
        public Builder lossPause(Duration pause) {
            this.lossPause = positive("loss pause", pause);
            return this;
        }

        /** Sets how often freshness is sampled, above zero; by default 500 ms. */
        public Builder sampleInterval(Duration interval) {
            this.sampleInterval = positive("sample interval", interval);
            return this;
        }

        /** Sets after how long without a transaction a heartbeat is written, above zero; by default 10 s. */
        public Builder heartbeatInterval(Duration interval) {
            this.heartbeatInterval = positive("heartbeat interval", interval);
            return this;
        }

        /** Sets how long a stream whose topic refuses records is retried, above zero; by default 1 minute. */
        public Builder streamRetryLimit(Duration limit) {
            this.streamRetryLimit = positive("stream retry limit", limit);
            return this;
        }

        /**
         * Sets how often the leading relay compares the topics with its ledger (identity, partitions, offsets) and with their
         * settings, above zero; by default 10 s. It is four questions to Kafka however many topics there are, beside the
         * relay. For about so long, and {@link #topicDoubtLimit}, records may go into a topic that was deleted and made
         * again before its stream is broken, unless their offsets give it away at once.
         */
        public Builder topicCheckInterval(Duration interval) {
            this.topicCheckInterval = positive("topic check interval", interval);
            return this;
        }

        /**
         * Sets for how long every look must say that a topic is gone, is another one of its name, or ends below what was
         * written, before its stream is broken, or before the relay stops if it is the ledger; above zero, by default 15 s. A
         * broker that lags behind the others may say so of a topic that is whole. A take-over waits for so long.
         */
        public Builder topicDoubtLimit(Duration limit) {
            this.topicDoubtLimit = positive("topic doubt limit", limit);
            return this;
        }

        /** Sets above how many bytes of retained log an alarm is raised; by default 10 GiB. */
        public Builder retainedWalAlarmBytes(long bytes) {
            this.retainedWalAlarmBytes = bytes;
            return this;
        }

        /** Sets the replication factor of a new ledger; by default -1, the broker's default. */
        public Builder ledgerReplicationFactor(int factor) {
            this.ledgerReplicationFactor = factor;
            return this;
        }

        /**
         * Sets how many rows a second snapshots read at most, 1 or more; by default there is no limit. Windows become as small
         * as a second's rows.
         */
        public Builder snapshotMaxRowsPerSecond(long rows) {
            if (rows < 1) {
                throw new IllegalArgumentException(
                        "A snapshot must be allowed to read 1 row a second or more, but is allowed " + rows);
            }
            this.snapshotLimits = new SnapshotLimits(rows, snapshotLimits.lookupKeys());
            return this;
        }

        /**
         * Sets how many of a topic's keys a re-snapshot looks up in the table at once, 1 or more; {@value
         * SnapshotLimits#DEFAULT_LOOKUP_KEYS} by default. They are kept in memory meanwhile.
         */
        public Builder snapshotLookupKeys(int keys) {
            this.snapshotLimits = new SnapshotLimits(snapshotLimits.maxRowsPerSecond(), keys);
            return this;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("The " + name + " must be above zero, but is " + value);
            }
            return value;
        }

        /** Returns the settings. */
        public RelaySettings build() {
            return new RelaySettings(this);
        }
    }
}
