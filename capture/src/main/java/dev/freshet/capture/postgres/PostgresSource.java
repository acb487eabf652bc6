package dev.freshet.capture.postgres;

import dev.freshet.capture.CaptureProblem;
import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.ChangeLog;
import dev.freshet.capture.FreshnessSample;
import dev.freshet.capture.FreshnessSample.Drift;
import dev.freshet.capture.OutboxCleaner;
import dev.freshet.capture.OutboxReader;
import dev.freshet.capture.SlotState;
import dev.freshet.capture.SnapshotReader;
import dev.freshet.capture.Source;
import dev.freshet.capture.TableCapture;
import dev.freshet.capture.internal.Session;
import dev.freshet.capture.postgres.CatalogEntry.Asked;
import dev.freshet.capture.postgres.snapshot.PostgresSnapshotReader;
import dev.freshet.capture.postgres.table.LogPrefixes;
import dev.freshet.capture.postgres.table.TableShape;
import dev.freshet.capture.postgres.table.TableShapes;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.SchemaRecord;
import dev.freshet.model.ledger.ServerSeen;
import dev.freshet.model.ledger.SourceIdentity;
import dev.freshet.model.ledger.TimelineRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server as a source. It answers each question over one ordinary connection, made anew after a failure; an
 * open log and a reader of snapshots have connections of their own. Belongs to one thread.
 */
public final class PostgresSource implements Source {
    private final PostgresSettings settings;
    private final Sessions sessions;
    private final Session session;
    private final TypeCatalog types;
    private final Slots slots;
    private final Publications publications;
    private final CatalogReader catalog;
    private final LogOpener opener;
    /** Replaced as a whole, since the reader of snapshots may look into it from its own thread. */
    private volatile Map<String, TableCapture> captured = Map.of();

    private PostgresSource(PostgresSettings settings, InstantSource clock) {
        this.settings = settings;
        this.sessions = new Sessions(settings);
        this.session = new Session(sessions::open, sessions::failed);
        this.types = new TypeCatalog(sessions);
        this.slots = new Slots(settings);
        this.publications = new Publications(settings);
        this.catalog = new CatalogReader(publications);
        this.opener = new LogOpener(settings, sessions, slots, publications, types, clock);
    }

    /**
     * Creates a source; nothing is connected before the first question.
     *
     * @param settings how the server is reached
     * @param clock the time that is told to the server in status messages
     */
    public static PostgresSource create(PostgresSettings settings, InstantSource clock) {
        return new PostgresSource(settings, clock);
    }

    @Override
    public SourceIdentity identify() {
        // the control file lags behind after a promotion; the name of the file that is written to does not
        return session.ask("the server's identity could not be read", c -> {
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT system_identifier::text, pg_catalog.substr(pg_catalog.pg_walfile_name("
                                    + "pg_catalog.pg_current_wal_lsn()), 1, 8), pg_catalog.current_database()"
                                    + " FROM pg_catalog.pg_control_system()")) {
                return new SourceIdentity(
                        settings.source(),
                        "postgresql",
                        first(row).getString(1),
                        Long.parseLong(row.getString(2), 16),
                        row.getString(3),
                        settings.slot());
            }
        });
    }

    @Override
    public long flushedLsn() {
        return session.ask("the log's position could not be read", c -> {
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_wal_flush_lsn()")) {
                return Lsn.parse(first(row).getString(1));
            }
        });
    }

    @Override
    public List<TimelineRecord> timelines() {
        SourceIdentity identity = identify();
        if (identity.timeline() <= 1) {
            return List.of();
        }
        try (Connection replication = sessions.openReplication()) {
            return Timelines.read(replication, identity.system(), identity.timeline());
        } catch (SQLException e) {
            throw sessions.failed("the history of timeline " + identity.timeline() + " could not be read", e);
        }
    }

    @Override
    public Optional<SlotState> slot() {
        return session.ask("the replication slot could not be looked at", slots::find);
    }

    @Override
    public long createSlot() {
        return session.ask("the replication slot could not be made", c -> {
            if (publications.find(c).isEmpty()) {
                throw new ConfigurationException("Source '" + settings.source() + "': there is no publication '"
                        + settings.publication() + "' yet, so that no slot was made: changes between the slot and the"
                        + " publication could not be decoded. Capture the tables first");
            }
            return slots.create(c);
        });
    }

    @Override
    public void dropSlot() {
        session.ask("the replication slot could not be dropped", c -> {
            slots.drop(c);
            return true;
        });
    }

    @Override
    public void terminateReader(int pid) {
        session.ask("the process that reads the slot could not be ended", c -> {
            slots.terminateReader(c, pid);
            return pid;
        });
    }

    @Override
    public List<CapturedStream> capture(List<TableCapture> tables) {
        return session.ask("the tables could not be captured", c -> {
            Problems problems = new Problems();
            Map<TableCapture, TableShape> shapes = shapes(c, tables, problems);
            problems.refuse();
            publications.ensure(c, CaptureChecks.byOid(shapes.values()));
            List<CapturedStream> streams = described(c, shapes);
            captured = tables.stream().collect(Collectors.toUnmodifiableMap(TableCapture::stream, t -> t));
            return streams;
        });
    }

    private List<CapturedStream> described(Connection c, Map<TableCapture, TableShape> shapes) throws SQLException {
        Map<String, Asked> asked = new LinkedHashMap<>();
        shapes.forEach((capture, shape) -> asked.put(capture.stream(), Asked.of(capture, shape.schemaRecord())));
        Map<String, CatalogEntry> entries = catalog.read(c, asked);
        List<CapturedStream> streams = new ArrayList<>();
        shapes.forEach((capture, shape) -> {
            CatalogEntry entry = Objects.requireNonNull(entries.get(capture.stream()));
            if (entry.isGone() || entry.publication().operations().isEmpty()) {
                throw new RetriableException("Stream '" + capture.stream() + "': the table '" + capture.table()
                        + "' was dropped or taken out of the publication while it was captured; Freshet tries again");
            }
            streams.add(new CapturedStream(capture, shape.schemaRecord(), entry.text()));
        });
        return streams;
    }

    @Override
    public List<CaptureProblem> check(List<TableCapture> tables) {
        return session.ask("the tables could not be checked", c -> {
            Problems problems = new Problems();
            shapes(c, tables, problems);
            return problems.all();
        });
    }

    /**
     * Returns what the streams' values look like now, by stream; without those whose tables cannot be captured, of which
     * {@link #check} tells.
     *
     * @param tables the tables
     * @throws FreshetException if the server cannot be asked
     */
    public Map<String, SchemaRecord> schemas(List<TableCapture> tables) {
        return session.ask("the tables could not be looked at", c -> {
            types.forget();
            Map<String, SchemaRecord> schemas = new HashMap<>();
            for (TableCapture table : tables) {
                TableShapes.find(c, types, table, new ArrayList<>())
                        .ifPresent(shape -> schemas.put(table.stream(), shape.schemaRecord()));
            }
            return schemas;
        });
    }

    private Map<TableCapture, TableShape> shapes(Connection c, List<TableCapture> tables, Problems problems)
            throws SQLException {
        new ServerChecks(settings).check(c, slots.find(c).isPresent(), problems);
        types.forget();
        Map<TableCapture, TableShape> shapes = new LinkedHashMap<>();
        Map<Long, String> streams = new HashMap<>();
        for (TableCapture table : tables) {
            List<String> found = new ArrayList<>();
            Optional<TableShape> shape = TableShapes.find(c, types, table, found);
            found.forEach(sentence -> problems.add(table.stream(), sentence));
            if (shape.isPresent()) {
                String other = streams.putIfAbsent(shape.get().oid(), table.stream());
                if (other != null) {
                    problems.add(
                            table.stream(),
                            "Stream '" + table.stream() + "', table '" + table.table() + "': stream '" + other
                                    + "' captures it already; a table can be one stream only");
                }
                shapes.put(table, shape.get());
            }
        }
        new CaptureChecks(settings, publications).check(c, shapes.values(), problems);
        return shapes;
    }

    @Override
    public ChangeLog open(
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> options) {
        return session.ask(
                "the log could not be opened", c -> opener.open(c, server, startLsn, epoch, streams, options));
    }

    @Override
    public Optional<OutboxReader> outbox(TableCapture outbox) {
        return Optional.of(new PostgresOutbox(sessions, outbox.table()));
    }

    @Override
    public OutboxCleaner outboxCleaner(TableCapture outbox) {
        return new PostgresOutbox(sessions, outbox.table());
    }

    @Override
    public SnapshotReader snapshots() {
        return PostgresSnapshotReader.create(
                sessions,
                types,
                stream -> {
                    TableCapture table = captured.get(stream);
                    if (table == null) {
                        throw new IllegalArgumentException("Stream '" + stream + "' is not captured");
                    }
                    return table;
                },
                settings.slot(),
                settings.snapshot());
    }

    @Override
    public FreshnessSample sample(Map<String, String> known) {
        return session.ask("the source could not be sampled", c -> {
            Instant time;
            long lsn;
            try (Statement statement = c.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_current_wal_insert_lsn(),"
                                    + " current_setting('wal_block_size')::int")) {
                time = first(row).getObject(1, OffsetDateTime.class).toInstant();
                lsn = Lsn.normalise(Lsn.parse(row.getString(2)), row.getInt(3));
            }
            return new FreshnessSample(time, lsn, drifts(c, known));
        });
    }

    private Map<String, Drift> drifts(Connection c, Map<String, String> known) throws SQLException {
        Map<String, CatalogEntry> before = new HashMap<>();
        known.forEach((stream, text) -> before.put(stream, CatalogEntry.parse(text)));
        Map<String, Asked> asked = new HashMap<>();
        before.forEach((stream, entry) -> asked.put(stream, entry.asked()));
        Map<String, CatalogEntry> entries = catalog.read(c, asked);
        Map<String, Drift> drifts = new HashMap<>();
        for (Map.Entry<String, CatalogEntry> one : entries.entrySet()) {
            CatalogEntry was = Objects.requireNonNull(before.get(one.getKey()));
            Set<Long> fresh = one.getValue().newLeaves(was);
            Set<Long> filled = Set.copyOf(catalog.notEmpty(c, fresh));
            Drift drift = CatalogDrift.between(was, one.getValue(), leaf -> !filled.contains(leaf.oid()));
            if (drift != null) {
                drifts.put(one.getKey(), drift);
            }
        }
        return drifts;
    }

    @Override
    public boolean canCompare(String text) {
        return CatalogEntry.isReadable(text);
    }

    @Override
    public void heartbeat() {
        session.ask("the heartbeat could not be written", c -> {
            try (PreparedStatement statement =
                    c.prepareStatement("SELECT pg_catalog.pg_logical_emit_message(true, ?, '')")) {
                statement.setString(1, LogPrefixes.heartbeat(settings.slot()));
                return statement.execute();
            }
        });
    }

    @Override
    public void remove() {
        dropSlot();
        session.ask("the publication could not be dropped", c -> {
            publications.drop(c);
            return true;
        });
    }

    @Override
    public void close() {
        session.close();
    }

    private static ResultSet first(ResultSet row) throws SQLException {
        if (!row.next()) {
            throw new IllegalStateException("A query that always has a row gave none");
        }
        return row;
    }
}
