package dev.freshet.capture.postgres;

import dev.freshet.capture.CapturedStream;
import dev.freshet.capture.internal.EventQueue;
import dev.freshet.capture.internal.Session;
import dev.freshet.capture.postgres.table.Identifiers;
import dev.freshet.capture.postgres.value.TypeCatalog;
import dev.freshet.model.ConfigurationException;
import dev.freshet.model.FreshetException;
import dev.freshet.model.Lsn;
import dev.freshet.model.RetriableException;
import dev.freshet.model.ledger.ServerSeen;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Opens the log at a cursor, after checking that the server would leave nothing out. */
final class LogOpener {
    private static final String PUBLICATION_OPTION = "publication_names";

    private final PostgresSettings settings;
    private final Sessions sessions;
    private final Slots slots;
    private final Publications publications;
    private final TypeCatalog types;
    private final InstantSource clock;

    LogOpener(
            PostgresSettings settings,
            Sessions sessions,
            Slots slots,
            Publications publications,
            TypeCatalog types,
            InstantSource clock) {
        this.settings = settings;
        this.sessions = sessions;
        this.slots = slots;
        this.publications = publications;
        this.types = types;
        this.clock = clock;
    }

    /** Returns the server options of a new log. */
    Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("proto_version", "1");
        options.put(PUBLICATION_OPTION, Identifiers.quoted(settings.publication()));
        options.put("messages", "true");
        options.put("binary", "false");
        return options;
    }

    PostgresLog open(
            Connection session,
            ServerSeen server,
            long startLsn,
            int epoch,
            List<CapturedStream> streams,
            @Nullable Map<String, String> given)
            throws SQLException {
        slots.requireReadable(session, startLsn);
        if (publications.find(session).isEmpty()) {
            // from 18 on the server would go on and send nothing
            throw new ConfigurationException("The publication '" + settings.publication() + "' of source '"
                    + settings.source() + "' is not there; nothing would be sent. Capture the tables again");
        }
        Map<String, String> options = given == null ? options() : given;
        Map<Integer, Target> targets = new HashMap<>();
        for (CapturedStream stream : streams) {
            CatalogEntry entry = CatalogEntry.parse(stream.catalog());
            targets.put((int) entry.oid(), new Target(stream, entry));
        }
        EpochXid xids = new EpochXid(nextXid(session));
        EventQueue<Object> queue = new EventQueue<>(settings.readAheadBytes());
        LogReader reader = reader(server, startLsn, options, queue);
        reader.start(new PgOutputDecoder(
                epoch, startLsn, settings.slot(), targets, new Descriptions(sessions, types), xids, reader));
        return new PostgresLog(settings, reader, queue, new ReadBack(sessions, types), options);
    }

    private LogReader reader(ServerSeen server, long startLsn, Map<String, String> options, EventQueue<Object> queue)
            throws SQLException {
        Connection connection = sessions.openReplication();
        try {
            requireSame(server, connection);
            WalStream stream = WalStream.start(connection, command(startLsn, options), settings, clock);
            return new LogReader(
                    settings.source(),
                    connection,
                    stream,
                    queue,
                    (e, confirmed) -> diagnose(e, Math.max(startLsn, confirmed)));
        } catch (SQLException e) {
            Sessions.closeAfter(connection, e);
            throw diagnose(e, startLsn);
        }
    }

    /** The connection that gives the log is another one than that by which the server was known. */
    private void requireSame(ServerSeen server, Connection replication) throws SQLException {
        ServerSeen now;
        try (Statement statement = replication.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            if (!row.next()) {
                throw new IllegalStateException("IDENTIFY_SYSTEM gave no row");
            }
            now = new ServerSeen(
                    row.getString("systemid"), row.getLong("timeline"), Lsn.parse(row.getString("xlogpos")));
        }
        if (!server.isStill(now)) {
            Session.closeQuietly(replication);
            throw new RetriableException(
                    "The server at sources." + settings.source() + ".url has become another one, or"
                            + " was set back, while its log was opened: it was that with the " + server
                            + ", now it is that with the " + now + ". Freshet compares its history again");
        }
    }

    private String command(long startLsn, Map<String, String> options) {
        return "START_REPLICATION SLOT " + Identifiers.quoted(settings.slot()) + " LOGICAL " + Lsn.format(startLsn)
                + options.entrySet().stream()
                        .map(o -> Identifiers.quoted(o.getKey()) + " '"
                                + o.getValue().replace("'", "''") + "'")
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private static long nextXid(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint")) {
            if (!row.next()) {
                throw new IllegalStateException("A query of the snapshot gave no row");
            }
            return row.getLong(1);
        }
    }

    /**
     * Finds out why the stream could not be opened or has ended: the slot is looked at, since a dropped or invalidated one
     * is a loss, whatever the server's message says.
     */
    private FreshetException diagnose(SQLException cause, long fromLsn) {
        String text = SqlErrors.text(cause);
        try (Connection session = sessions.open()) {
            try {
                slots.requireReadable(session, fromLsn, false);
            } catch (FreshetException e) {
                e.addSuppressed(cause);
                return e;
            }
            if (SqlErrors.state(cause).equals("42704")) {
                return new ConfigurationException(
                        "The log of source '" + settings.source() + "' cannot be decoded: " + text
                                + ". The publication must have existed when the changes were made: if it was dropped, run"
                                + " 'freshet remove source " + settings.source() + "' and start again",
                        cause);
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        FreshetException translated = sessions.failed("the log's stream has ended", cause);
        return translated instanceof ConfigurationException
                ? translated
                : new RetriableException(translated.getMessage() + ". Freshet opens it again", cause);
    }
}
