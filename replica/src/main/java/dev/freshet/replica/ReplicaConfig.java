package dev.freshet.replica;

import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a replica, immutable. {@link #toString} and error messages never show the password or Kafka's properties.
 */
public final class ReplicaConfig {
    private final String name;
    private final List<StreamTarget> streams;
    private final JdbcUrl url;
    private final String user;
    private final String password;
    private final String group;
    private final SchemaPolicy schema;
    private final Consistency consistency;
    private final @Nullable DeadLetterSettings deadLetters;
    private final Map<String, String> kafka;
    private final ApplyLimits limits;
    private final SessionLimits sessions;
    private final boolean showData;

    private ReplicaConfig(Builder b) {
        name = b.name;
        streams = List.copyOf(b.streams);
        url = Objects.requireNonNull(b.url, "url");
        user = Objects.requireNonNull(b.user, "user");
        password = Objects.requireNonNull(b.password, "password");
        group = b.group == null ? Names.group(b.name) : b.group;
        schema = b.schema;
        consistency = b.consistency;
        deadLetters = b.deadLetterTopic == null ? null : new DeadLetterSettings(b.deadLetterTopic, b.deadLetterLimit);
        kafka = Map.copyOf(b.kafka);
        limits = new ApplyLimits(
                b.batchRecords,
                b.batchBytes,
                b.fillPieceRows,
                b.fillFilterBytes,
                b.snapshotFollow,
                b.snapshotPatience,
                b.schemaWait,
                b.retryFirst,
                b.retryLimit,
                b.freshnessInterval,
                b.freshnessValid,
                b.ledgerLimit);
        sessions = new SessionLimits(
                b.lockTimeout, b.idleInTransactionTimeout, b.tcpUserTimeout, b.connectTimeout, b.answerTimeout);
        showData = b.showData;
    }

    /**
     * Begins the settings of a replica.
     *
     * @param name its name, see {@link Names#require}
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static Builder builder(String name) {
        return new Builder(Names.require("replica", name));
    }

    /** Returns the replica's name. */
    public String name() {
        return name;
    }

    /** Returns the streams and their tables. */
    public List<StreamTarget> streams() {
        return streams;
    }

    /** Returns where the consumer's database is. */
    public JdbcUrl url() {
        return url;
    }

    /** Returns the role. */
    public String user() {
        return user;
    }

    /** Returns the role's password; not to be printed. */
    public String password() {
        return password;
    }

    /** Returns the consumer group. */
    public String group() {
        return group;
    }

    /** Returns what is done about new columns. */
    public SchemaPolicy schema() {
        return schema;
    }

    /** Returns what readers of the tables may rely on. */
    public Consistency consistency() {
        return consistency;
    }

    /** Returns where records go that a table refuses, or null if they stop their partition. */
    public @Nullable DeadLetterSettings deadLetters() {
        return deadLetters;
    }

    /** Returns the properties of every Kafka client, with {@code bootstrap.servers}; not to be printed. */
    public Map<String, String> kafka() {
        return kafka;
    }

    /** Returns the limits. */
    public ApplyLimits limits() {
        return limits;
    }

    /** Returns what the sessions are bound by. */
    public SessionLimits sessions() {
        return sessions;
    }

    /** Returns whether messages may show keys and values. */
    public boolean showData() {
        return showData;
    }

    /** Names the replica and its tables. */
    @Override
    public String toString() {
        return "replica " + name + " of "
                + streams.stream().map(t -> t.topic() + " in " + t.table()).toList();
    }

    /** The settings while they are gathered. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<StreamTarget> streams = new ArrayList<>();
        private final Map<String, String> kafka = new LinkedHashMap<>();
        private @Nullable JdbcUrl url;
        private @Nullable String user;
        private @Nullable String password;
        private @Nullable String group;
        private SchemaPolicy schema = SchemaPolicy.EVOLVE;
        private Consistency consistency = Consistency.PER_KEY;
        private @Nullable String deadLetterTopic;
        private int deadLetterLimit = DeadLetterSettings.DEFAULT_LIMIT;
        private int batchRecords = ApplyLimits.DEFAULTS.batchRecords();
        private int batchBytes = ApplyLimits.DEFAULTS.batchBytes();
        private int fillPieceRows = ApplyLimits.DEFAULTS.fillPieceRows();
        private int fillFilterBytes = ApplyLimits.DEFAULTS.fillFilterBytes();
        private Duration snapshotFollow = ApplyLimits.DEFAULTS.snapshotFollow();
        private Duration snapshotPatience = ApplyLimits.DEFAULTS.snapshotPatience();
        private Duration schemaWait = ApplyLimits.DEFAULTS.schemaWait();
        private Duration retryFirst = ApplyLimits.DEFAULTS.retryFirst();
        private Duration retryLimit = ApplyLimits.DEFAULTS.retryLimit();
        private Duration freshnessInterval = ApplyLimits.DEFAULTS.freshnessInterval();
        private Duration freshnessValid = ApplyLimits.DEFAULTS.freshnessValid();
        private Duration ledgerLimit = ApplyLimits.DEFAULTS.ledgerLimit();
        private Duration lockTimeout = SessionLimits.DEFAULTS.lockTimeout();
        private Duration idleInTransactionTimeout = SessionLimits.DEFAULTS.idleInTransaction();
        private Duration tcpUserTimeout = SessionLimits.DEFAULTS.tcpUser();
        private Duration answerTimeout = SessionLimits.DEFAULTS.answer();
        private Duration connectTimeout = SessionLimits.DEFAULTS.connect();
        private boolean showData;

        private Builder(String name) {
            this.name = name;
        }

        /** Adds a stream and its table; at least one is needed. */
        public Builder stream(StreamTarget target) {
            streams.add(target);
            return this;
        }

        /**
         * As {@link #database(JdbcUrl, String, String)}.
         *
         * @throws IllegalArgumentException if the URL is not allowed, see {@link JdbcUrl#mistake}
         */
        public Builder database(String jdbcUrl, String role, String secret) {
            return database(JdbcUrl.postgres(jdbcUrl), role, secret);
        }

        /** Sets the consumer's database: JDBC URL (with any of pgjdbc's parameters but our own), role and password. Required. */
        public Builder database(JdbcUrl jdbcUrl, String role, String secret) {
            url = jdbcUrl;
            user = role;
            password = secret;
            return this;
        }

        /** Sets a property of every Kafka client. {@code bootstrap.servers} is required. */
        public Builder kafka(String property, String value) {
            kafka.put(property, value);
            return this;
        }

        /** Sets properties of every Kafka client. */
        public Builder kafka(Map<String, String> properties) {
            kafka.putAll(properties);
            return this;
        }

        /** Sets the consumer group by which the instances share partitions. Default {@code freshet.<replica>}. */
        public Builder group(String consumerGroup) {
            group = consumerGroup;
            return this;
        }

        /** Sets what is done about columns that the source adds. Default {@link SchemaPolicy#EVOLVE}. */
        public Builder schema(SchemaPolicy policy) {
            schema = policy;
            return this;
        }

        /** Sets what readers of the tables may rely on. Default {@link Consistency#PER_KEY}. */
        public Builder consistency(Consistency wanted) {
            consistency = wanted;
            return this;
        }

        /**
         * Sets the topic to which records go that a table refuses, so that their keys alone stand still and the copy is not
         * complete meanwhile. Only for {@link Consistency#PER_KEY}. Default none: such a record stops its partition.
         */
        public Builder deadLetterTopic(@Nullable String topic) {
            deadLetterTopic = topic;
            return this;
        }

        /** Sets how many keys of a stream may be parked at most. Default 1,000. */
        public Builder deadLetterLimit(int keys) {
            deadLetterLimit = keys;
            return this;
        }

        /** Sets the most records in one transaction of live changes. Default 5,000. */
        public Builder batchRecords(int records) {
            batchRecords = records;
            return this;
        }

        /** Sets at how many bytes a batch is cut. Default 8 MiB. */
        public Builder batchBytes(int bytes) {
            batchBytes = bytes;
            return this;
        }

        /** Sets how many rows one COPY of a fill takes. Default 100,000. */
        public Builder fillPieceRows(int rows) {
            fillPieceRows = rows;
            return this;
        }

        /** Sets the memory by which a fill tells keys that it has not seen. Default 16 MiB. */
        public Builder fillFilterBytes(int bytes) {
            fillFilterBytes = bytes;
            return this;
        }

        /**
         * Sets how long in all fills go on with snapshots that are under way while other fills wait, and how long without a
         * row of the snapshot. Default 10 min and 30 s.
         */
        public Builder snapshot(Duration follow, Duration patience) {
            snapshotFollow = follow;
            snapshotPatience = patience;
            return this;
        }

        /** Sets how long a record waits for its schema record, and all partitions with it. Default 1 s. */
        public Builder schemaWait(Duration limit) {
            schemaWait = limit;
            return this;
        }

        /** Sets the first and the longest wait of a stopped partition, or a table that cannot be filled. Default 5 s, 5 min. */
        public Builder retry(Duration first, Duration longest) {
            retryFirst = first;
            retryLimit = longest;
            return this;
        }

        /** Sets the longest time between two reports of freshness and how long one is valid. Default 1 s and 10 s. */
        public Builder freshness(Duration interval, Duration valid) {
            freshnessInterval = interval;
            freshnessValid = valid;
            return this;
        }

        /** Sets after how long without an entry the ledger counts as stale. Default 30 s. */
        public Builder ledgerLimit(Duration limit) {
            ledgerLimit = limit;
            return this;
        }

        /** Sets the longest wait for a lock in the consumer's database. Default 10 s. */
        public Builder lockTimeout(Duration limit) {
            lockTimeout = limit;
            return this;
        }

        /** Sets after how long a session that is idle in a transaction is ended. Default 30 s. */
        public Builder idleInTransactionTimeout(Duration limit) {
            idleInTransactionTimeout = limit;
            return this;
        }

        /** Sets after how long an unacknowledged connection is given up. Default 30 s. */
        public Builder tcpUserTimeout(Duration limit) {
            tcpUserTimeout = limit;
            return this;
        }

        /** Sets after how long beyond the wait for a lock a session that does not answer is given up. Default 2 min. */
        public Builder answerTimeout(Duration limit) {
            answerTimeout = limit;
            return this;
        }

        /** Sets the longest wait for a connection. Default 10 s. */
        public Builder connectTimeout(Duration limit) {
            connectTimeout = limit;
            return this;
        }

        /** Sets whether messages may show keys and values. Default no. */
        public Builder showData(boolean shown) {
            showData = shown;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws IllegalArgumentException if something is missing, out of range, or contradicts
         */
        public ReplicaConfig build() {
            if (streams.isEmpty()) {
                throw new IllegalArgumentException("Replica '" + name + "' has no streams: name at least one");
            }
            if (url == null || user == null || password == null) {
                throw new IllegalArgumentException("Replica '" + name + "' needs url, user and password");
            }
            if (!kafka.containsKey("bootstrap.servers")) {
                throw new IllegalArgumentException("Replica '" + name + "' needs the Kafka property bootstrap.servers");
            }
            if (deadLetterTopic != null && consistency != Consistency.PER_KEY) {
                throw new IllegalArgumentException(
                        "Replica '" + name + "' has a dead-letter-topic, which only a per-key"
                                + " replica may have: one that shows whole transactions cannot leave out a row. Take"
                                + " dead-letter-topic out, or set consistency to per-key");
            }
            Set<Object> seen = new HashSet<>();
            for (StreamTarget t : streams) {
                if (t.topic().equals(deadLetterTopic)
                        || (t.ledger() != null && t.ledger().equals(deadLetterTopic))) {
                    throw new IllegalArgumentException("Replica '" + name + "' names '" + deadLetterTopic
                            + "' as its dead-letter-topic, but that is the topic or the ledger of stream '" + t.stream()
                            + "', which only its relay may write to: name another");
                }
                if (!seen.add(t.table()) || !seen.add("stream " + t.stream()) || !seen.add("topic " + t.topic())) {
                    throw new IllegalArgumentException("Replica '" + name + "' names the stream '" + t.stream()
                            + "', its topic or its table " + t.table() + " twice: each stream has a table of its own");
                }
            }
            return new ReplicaConfig(this);
        }
    }
}
