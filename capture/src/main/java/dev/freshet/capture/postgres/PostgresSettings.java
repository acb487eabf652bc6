package dev.freshet.capture.postgres;

import dev.freshet.capture.postgres.snapshot.SnapshotSettings;
import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How a PostgreSQL source is reached and read. Immutable; {@link #toString()} leaves the password out.
 *
 * @param source the source's name
 * @param url where the database is
 * @param user the role
 * @param password its password; empty if the server asks for none or the URL's parameters name another way
 * @param slot the replication slot
 * @param publication the publication
 * @param makePublication whether Freshet may make the publication; if not, its owner must have made it. One that exists
 *     and was not made by Freshet is accepted as it is, whatever this says
 * @param failoverSlot whether the slot is made with {@code failover}, so that stand-bys keep a copy (17 and newer)
 * @param statusInterval how often at least the server is told how far everything is durable
 * @param walSenderTimeout the replication session's {@code wal_sender_timeout}; above two status intervals
 * @param silenceLimit after how long without any message from the server the log's connection counts as broken
 * @param readAheadBytes how much of the log is decoded ahead
 * @param connectTimeout how long a connection attempt may take
 * @param statementTimeout how long a statement on an ordinary connection may take, on the server and on the socket
 * @param readBackLimit how long to wait for a committed transaction to become visible before its unchanged large values
 *     are read back
 * @param snapshot the limits of snapshot windows
 */
public record PostgresSettings(
        String source,
        JdbcUrl url,
        String user,
        String password,
        String slot,
        String publication,
        boolean makePublication,
        boolean failoverSlot,
        Duration statusInterval,
        Duration walSenderTimeout,
        Duration silenceLimit,
        long readAheadBytes,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration readBackLimit,
        SnapshotSettings snapshot) {
    /** The default of the time between two reports of what is durable. */
    public static final Duration DEFAULT_STATUS_INTERVAL = Duration.ofSeconds(1);

    /** The default of how long the server may be silent. */
    public static final Duration DEFAULT_SILENCE_LIMIT = Duration.ofSeconds(60);

    /** The default of how long a connection attempt may take. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The default of how long a statement may take. */
    public static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(60);

    /** The least {@link #readAheadBytes()}. */
    public static final long MIN_READ_AHEAD_BYTES = 64 * 1024;

    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    /** Rejects what cannot work. */
    public PostgresSettings {
        Names.require("source", source);
        if (!url.isPostgres()) {
            throw new IllegalArgumentException(
                    "The url " + url + " of source '" + source + "' is not one of a PostgreSQL database");
        }
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        if (!SLOT.matcher(slot).matches()) {
            throw new IllegalArgumentException("The slot name '" + slot + "' of source '" + source
                    + "' is not allowed: use 1 to 63 lower-case letters, digits and '_'");
        }
        if (publication.isEmpty() || publication.length() > 63) {
            throw new IllegalArgumentException("The publication name '" + publication + "' of source '" + source
                    + "' must have 1 to 63 characters");
        }
        requireAbove("status interval", statusInterval);
        requireAbove("silence limit", silenceLimit);
        requireAbove("connect timeout", connectTimeout);
        requireAbove("statement timeout", statementTimeout);
        requireAbove("read-back limit", readBackLimit);
        if (walSenderTimeout.compareTo(statusInterval.multipliedBy(2)) <= 0) {
            throw new IllegalArgumentException(
                    "The wal_sender_timeout of source '" + source + "' is " + walSenderTimeout
                            + ", but must be more than twice the status interval of " + statusInterval
                            + ", or the server cuts the connection between two messages");
        }
        if (readAheadBytes < MIN_READ_AHEAD_BYTES) {
            throw new IllegalArgumentException("The read-ahead limit of source '" + source + "' is " + readAheadBytes
                    + " bytes, but must be at least " + MIN_READ_AHEAD_BYTES);
        }
    }

    private static void requireAbove(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("The " + name + " must be above zero, but is " + value);
        }
    }

    /**
     * Begins with what has no default.
     *
     * @param source the source's name; slot and publication are derived from it
     * @param url where the database is
     * @param user the role
     * @param password its password
     */
    public static Builder builder(String source, JdbcUrl url, String user, String password) {
        return new Builder(source, url, user, password);
    }

    /**
     * As {@link #builder(String, JdbcUrl, String, String)}.
     *
     * @throws IllegalArgumentException if the URL is not allowed, see {@link JdbcUrl#mistake}
     */
    public static Builder builder(String source, String url, String user, String password) {
        return builder(source, JdbcUrl.postgres(url), user, password);
    }

    /** Returns the settings without password and URL parameters. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "PostgresSettings[source=%s, url=%s, user=%s, slot=%s, publication=%s]",
                source,
                url,
                user,
                slot,
                publication);
    }

    /** Collects settings; a setter's Javadoc states the default. Belongs to one thread. */
    public static final class Builder {
        private final String source;
        private final JdbcUrl url;
        private final String user;
        private final String password;
        private String slot;
        private String publication;
        private boolean makePublication = true;
        private boolean failoverSlot = true;
        private Duration statusInterval = DEFAULT_STATUS_INTERVAL;
        private Duration walSenderTimeout = Duration.ofSeconds(10);
        private Duration silenceLimit = DEFAULT_SILENCE_LIMIT;
        private long readAheadBytes = 16L << 20;
        private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
        private Duration statementTimeout = DEFAULT_STATEMENT_TIMEOUT;
        private Duration readBackLimit = Duration.ofSeconds(30);
        private SnapshotSettings snapshot = SnapshotSettings.DEFAULTS;

        private Builder(String source, JdbcUrl url, String user, String password) {
            this.source = source;
            this.url = url;
            this.user = user;
            this.password = password;
            this.slot = Names.slot(source);
            this.publication = Names.slot(source);
        }

        /** Sets the replication slot; default {@link Names#slot}. */
        public Builder slot(String name) {
            slot = name;
            return this;
        }

        /** Sets the publication; default {@link Names#slot}. */
        public Builder publication(String name) {
            publication = name;
            return this;
        }

        /** Sets whether Freshet may make the publication; default true. */
        public Builder makePublication(boolean make) {
            makePublication = make;
            return this;
        }

        /** Sets whether the slot is made with {@code failover}, on 17 and newer; default true, which changes nothing without stand-bys. */
        public Builder failoverSlot(boolean failover) {
            failoverSlot = failover;
            return this;
        }

        /** Sets the status interval; default 1 s. */
        public Builder statusInterval(Duration interval) {
            statusInterval = interval;
            return this;
        }

        /** Sets the replication session's {@code wal_sender_timeout}; default 10 s. */
        public Builder walSenderTimeout(Duration timeout) {
            walSenderTimeout = timeout;
            return this;
        }

        /** Sets after how long a silent server counts as gone; default 60 s. */
        public Builder silenceLimit(Duration limit) {
            silenceLimit = limit;
            return this;
        }

        /** Sets how much of the log is decoded ahead, in bytes; default 16 MiB. */
        public Builder readAheadBytes(long bytes) {
            readAheadBytes = bytes;
            return this;
        }

        /** Sets how long a connection attempt may take; default 10 s. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** Sets how long a statement may take; default 60 s. */
        public Builder statementTimeout(Duration timeout) {
            statementTimeout = timeout;
            return this;
        }

        /** Sets how long to wait for a commit's visibility before reading values back; default 30 s. */
        public Builder readBackLimit(Duration limit) {
            readBackLimit = limit;
            return this;
        }

        /** Sets the limits of snapshot windows; default {@link SnapshotSettings#DEFAULTS}. */
        public Builder snapshot(SnapshotSettings limits) {
            snapshot = limits;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws IllegalArgumentException if they cannot work, naming the setting and the value
         */
        public PostgresSettings build() {
            return new PostgresSettings(
                    source,
                    url,
                    user,
                    password,
                    slot,
                    publication,
                    makePublication,
                    failoverSlot,
                    statusInterval,
                    walSenderTimeout,
                    silenceLimit,
                    readAheadBytes,
                    connectTimeout,
                    statementTimeout,
                    readBackLimit,
                    snapshot);
        }
    }
}
