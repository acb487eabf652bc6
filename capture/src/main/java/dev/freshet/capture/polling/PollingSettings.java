package dev.freshet.capture.polling;

import dev.freshet.model.JdbcUrl;
import dev.freshet.model.Names;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an outbox table is polled. Immutable; {@link #toString()} leaves the password out.
 *
 * @param source the source's name
 * @param url where the database is
 * @param user the user
 * @param password its password; empty if the server asks for none
 * @param table the outbox table, {@code schema.table}, of letters, digits, {@code _} and {@code $}
 * @param slot the name under which the relay keeps its place in the database, 1 to 63 characters
 * @param pollInterval how long an idle relay waits between two looks at most
 * @param connectTimeout how long a connection attempt may take
 * @param statementTimeout how long a statement may take
 * @param readAheadBytes how much is read ahead, at least {@link #MIN_READ_AHEAD_BYTES}
 * @param pageEvents how many events are numbered at once at most, from 1
 * @param mostGaps above how many gaps no new rows are numbered, from 1
 * @param lease after how long without a word the server ends the session that numbers, so that another relay can go on; from 1 s, and from two poll intervals
 */
public record PollingSettings(
        String source,
        JdbcUrl url,
        String user,
        String password,
        String table,
        String slot,
        Duration pollInterval,
        Duration connectTimeout,
        Duration statementTimeout,
        long readAheadBytes,
        int pageEvents,
        int mostGaps,
        Duration lease) {
    /** The default of an idle relay's longest wait. */
    public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofMillis(100);

    /** The default of {@link #lease()}, unless the poll interval is long. */
    public static final Duration DEFAULT_LEASE = Duration.ofMinutes(2);

    /** The least {@link #readAheadBytes()}. */
    public static final long MIN_READ_AHEAD_BYTES = 64 * 1024;

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_$]{0,62}";
    private static final Pattern TABLE = Pattern.compile(NAME + "\\." + NAME);
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    /** Rejects what cannot work. */
    public PollingSettings {
        Names.require("source", source);
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        if (!isTable(table)) {
            throw new IllegalArgumentException("The outbox table '" + table + "' of source '" + source
                    + "' is not allowed: write it as schema.table, of letters, digits, '_' and '$'");
        }
        if (!SLOT.matcher(slot).matches()) {
            throw new IllegalArgumentException("The slot name '" + slot + "' of source '" + source
                    + "' is not allowed: use 1 to 63 lower-case letters, digits and '_'");
        }
        requireAtLeast("poll interval in ms", pollInterval.toMillis(), 1);
        requireAtLeast("connect timeout in ms", connectTimeout.toMillis(), 1);
        requireAtLeast("statement timeout in ms", statementTimeout.toMillis(), 1);
        requireAtLeast("read-ahead limit in bytes", readAheadBytes, MIN_READ_AHEAD_BYTES);
        requireAtLeast("page of events", pageEvents, 1);
        requireAtLeast("limit of gaps", mostGaps, 1);
        requireAtLeast("lease in ms", lease.toMillis(), Math.max(1_000, 2 * pollInterval.toMillis()));
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("The " + name + " must be " + least + " or more, but is " + value);
        }
    }

    /** Returns whether a table of that name, {@code schema.table}, can be polled. */
    public static boolean isTable(String table) {
        return TABLE.matcher(table).matches();
    }

    /** Begins with what has no default. */
    public static Builder builder(String source, JdbcUrl url, String user, String password, String table) {
        return new Builder(source, url, user, password, table);
    }

    /** Returns the schema, or database, of the table. */
    public String schema() {
        return table.substring(0, table.indexOf('.'));
    }

    /** Returns the table's name in its schema. */
    public String tableName() {
        return table.substring(table.indexOf('.') + 1);
    }

    /** Shows all but the password. */
    @Override
    public String toString() {
        return "source '" + source + "' at " + url + ", outbox table '" + table + "', slot '" + slot + '\'';
    }

    /** Collects settings. */
    public static final class Builder {
        private final String source;
        private final JdbcUrl url;
        private final String user;
        private final String password;
        private final String table;
        private String slot;
        private Duration pollInterval = DEFAULT_POLL_INTERVAL;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration statementTimeout = Duration.ofSeconds(60);
        private long readAheadBytes = 16L << 20;
        private int pageEvents = 5_000;
        private int mostGaps = 10_000;
        private @Nullable Duration lease;

        private Builder(String source, JdbcUrl url, String user, String password, String table) {
            this.source = source;
            this.url = url;
            this.user = user;
            this.password = password;
            this.table = table;
            this.slot = Names.slot(source);
        }

        /** Sets the slot. Default: {@code freshet_<source>}. */
        public Builder slot(String value) {
            slot = value;
            return this;
        }

        /** Sets how long an idle relay waits between two looks at most. Default: 100 ms. */
        public Builder pollInterval(Duration value) {
            pollInterval = value;
            return this;
        }

        /** Sets how long a connection attempt may take. Default: 10 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Sets how long a statement may take. Default: 60 s. */
        public Builder statementTimeout(Duration value) {
            statementTimeout = value;
            return this;
        }

        /** Sets how much is read ahead, in bytes. Default: 16 MiB. */
        public Builder readAheadBytes(long value) {
            readAheadBytes = value;
            return this;
        }

        /** Sets how many events are numbered at once at most. Default: 5,000. */
        public Builder pageEvents(int value) {
            pageEvents = value;
            return this;
        }

        /** Sets above how many gaps no new rows are numbered. Default: 10,000. */
        public Builder mostGaps(int value) {
            mostGaps = value;
            return this;
        }

        /**
         * Sets after how long without a word the server ends the session that numbers. One that waits for Kafka gives a word four
         * times as often. Default: 2 min, or four poll intervals if they are longer.
         */
        public Builder lease(Duration value) {
            lease = value;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws IllegalArgumentException if something is out of range, with its name, value and limit
         */
        public PollingSettings build() {
            Duration idle = pollInterval.multipliedBy(4);
            return new PollingSettings(
                    source,
                    url,
                    user,
                    password,
                    table,
                    slot,
                    pollInterval,
                    connectTimeout,
                    statementTimeout,
                    readAheadBytes,
                    pageEvents,
                    mostGaps,
                    lease != null ? lease : idle.compareTo(DEFAULT_LEASE) > 0 ? idle : DEFAULT_LEASE);
        }
    }
}
