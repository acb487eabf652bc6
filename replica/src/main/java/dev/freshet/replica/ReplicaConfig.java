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
    private final Map<String, String> kafka;
    private final Limits limits;
    private final Sessions sessions;
    private final boolean showData;

    /**
     * Limits of memory, batches and waits.
     *
     * @param batchRecords the most records in one transaction of live changes, 1 to 100,000
     * @param batchBytes at how many bytes of keys and values a batch is cut, 1 KiB to 256 MiB; one COPY of a fill
     *     takes four times as many
     * @param fillPieceRows how many rows one COPY of a fill takes, 1 to 10,000,000; it ends sooner where the topic is read so
     *     slowly that the session would count as frozen
     * @param fillFilterBytes the memory by which a fill tells keys that it has not seen, 64 KiB to 1 GiB; it is enough for
     *     about one key a byte, beyond that more rows take the slower way
     * @param snapshotFollow how long at most, in all, the fills of a replica go on with snapshots that are under way, from when
     *     it begins to fill, before its other copies are applied
     * @param snapshotPatience how long such a fill waits at most for the next row of the snapshot
     * @param schemaWait how long a record waits for its schema record, and with it all partitions of the instance; then its
     *     partition, or the fill of its table, stops
     * @param retryFirst the first wait before a stopped partition, or a table that cannot be filled, is tried again; it
     *     doubles
     * @param retryLimit the longest such wait
     * @param freshnessInterval the longest time between two reports of freshness
     * @param freshnessValid how long a report is valid; must be longer than the interval
     * @param ledgerLimit after how long without an entry the ledger counts as stale
     */
    public record Limits(
            int batchRecords,
            int batchBytes,
            int fillPieceRows,
            int fillFilterBytes,
            Duration snapshotFollow,
            Duration snapshotPatience,
            Duration schemaWait,
            Duration retryFirst,
            Duration retryLimit,
            Duration freshnessInterval,
            Duration freshnessValid,
            Duration ledgerLimit) {
        /** What holds where nothing else is said. */
        public static final Limits DEFAULTS = new Limits(
                5_000,
                8 << 20,
                100_000,
                16 << 20,
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));

        /** Rejects what is out of range. */
        public Limits {
            requireRange("batchRecords", batchRecords, 1, 100_000);
            requireRange("batchBytes", batchBytes, 1 << 10, 256 << 20);
            requireRange("fillPieceRows", fillPieceRows, 1, 10_000_000);
            requireRange("fillFilterBytes", fillFilterBytes, 64 << 10, 1 << 30);
            requirePositive("snapshotFollow", snapshotFollow);
            requirePositive("snapshotPatience", snapshotPatience);
            requirePositive("schemaWait", schemaWait);
            requirePositive("retryFirst", retryFirst);
            requirePositive("retryLimit", retryLimit);
            requirePositive("freshnessInterval", freshnessInterval);
            requirePositive("freshnessValid", freshnessValid);
            requirePositive("ledgerLimit", ledgerLimit);
            if (freshnessValid.compareTo(freshnessInterval) <= 0) {
                throw new IllegalArgumentException("freshnessValid (" + freshnessValid
                        + ") must be longer than freshnessInterval (" + freshnessInterval + ")");
            }
        }
    }

    /**
     * What the sessions in the consumer's database are bound by.
     *
     * @param lockTimeout the longest wait for a lock ({@code lock_timeout})
     * @param idleInTransaction after how long idle in a transaction the server ends a session ({@code
     *     idle_in_transaction_session_timeout}): a frozen owner blocks its successor no longer than that
     * @param tcpUser after how long without acknowledgement a connection is given up ({@code tcp_user_timeout})
     * @param connect the longest wait for a connection
     */
    public record Sessions(Duration lockTimeout, Duration idleInTransaction, Duration tcpUser, Duration connect) {
        /** What holds where nothing else is said. */
        public static final Sessions DEFAULTS = new Sessions(
                Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(10));

        /** Rejects what is not above zero. */
        public Sessions {
            requirePositive("lockTimeout", lockTimeout);
            requirePositive("idleInTransactionTimeout", idleInTransaction);
            requirePositive("tcpUserTimeout", tcpUser);
            requirePositive("connectTimeout", connect);
        }
    }

    private static void requireRange(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    setting + " must be between " + min + " and " + max + ", but is " + value);
        }
    }

    private static void requirePositive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be above zero, but is " + value);
        }
    }

    private ReplicaConfig(Builder b) {
        name = b.name;
        streams = List.copyOf(b.streams);
        url = Objects.requireNonNull(b.url, "url");
        user = Objects.requireNonNull(b.user, "user");
        password = Objects.requireNonNull(b.password, "password");
        group = b.group == null ? Names.group(b.name) : b.group;
        schema = b.schema;
        kafka = Map.copyOf(b.kafka);
        limits = new Limits(
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
        sessions = new Sessions(b.lockTimeout, b.idleInTransactionTimeout, b.tcpUserTimeout, b.connectTimeout);
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

    /** Returns the properties of every Kafka client, with {@code bootstrap.servers}; not to be printed. */
    public Map<String, String> kafka() {
        return kafka;
    }

    /** Returns the limits. */
    public Limits limits() {
        return limits;
    }

    /** Returns what the sessions are bound by. */
    public Sessions sessions() {
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
        private int batchRecords = Limits.DEFAULTS.batchRecords();
        private int batchBytes = Limits.DEFAULTS.batchBytes();
        private int fillPieceRows = Limits.DEFAULTS.fillPieceRows();
        private int fillFilterBytes = Limits.DEFAULTS.fillFilterBytes();
        private Duration snapshotFollow = Limits.DEFAULTS.snapshotFollow();
        private Duration snapshotPatience = Limits.DEFAULTS.snapshotPatience();
        private Duration schemaWait = Limits.DEFAULTS.schemaWait();
        private Duration retryFirst = Limits.DEFAULTS.retryFirst();
        private Duration retryLimit = Limits.DEFAULTS.retryLimit();
        private Duration freshnessInterval = Limits.DEFAULTS.freshnessInterval();
        private Duration freshnessValid = Limits.DEFAULTS.freshnessValid();
        private Duration ledgerLimit = Limits.DEFAULTS.ledgerLimit();
        private Duration lockTimeout = Sessions.DEFAULTS.lockTimeout();
        private Duration idleInTransactionTimeout = Sessions.DEFAULTS.idleInTransaction();
        private Duration tcpUserTimeout = Sessions.DEFAULTS.tcpUser();
        private Duration connectTimeout = Sessions.DEFAULTS.connect();
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
            return database(new JdbcUrl(jdbcUrl), role, secret);
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
         * Sets how long in all fills go on with snapshots that are under way while other copies wait, and how long without a
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
            Set<Object> seen = new HashSet<>();
            for (StreamTarget t : streams) {
                if (!seen.add(t.table()) || !seen.add("stream " + t.stream()) || !seen.add("topic " + t.topic())) {
                    throw new IllegalArgumentException("Replica '" + name + "' names the stream '" + t.stream()
                            + "', its topic or its table " + t.table() + " twice: each stream has a table of its own");
                }
            }
            return new ReplicaConfig(this);
        }
    }
}
