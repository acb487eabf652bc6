package dev.freshet.bench.suite;

import dev.freshet.bench.contender.Databases;
import dev.freshet.bench.load.BenchTable;
import dev.freshet.bench.load.Latencies;
import dev.freshet.bench.load.Load;
import dev.freshet.bench.load.PacedWriter;
import dev.freshet.bench.load.TableRows;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database with what is written, its publication, and the entrants of a case. */
final class Scene implements AutoCloseable {
    /** The publication for whoever makes none of its own. */
    static final String PUBLICATION = "bench";

    /** How many rows each entrant may use to see that it is established; those of the first have the ids from 1 on. */
    static final int CANARIES = 60;

    /** The first id of the rows that are measured. */
    static final long FIRST = 1001;

    private final Servers servers;
    private final String database;
    private final Load load;
    private final Connection source;
    private final @Nullable Connection target;
    private final Load.Writer writer;
    private final List<Entrant> entrants = new ArrayList<>();
    private final List<Copier> copiers = new ArrayList<>();

    private Scene(
            Servers servers,
            String database,
            Load load,
            Connection source,
            @Nullable Connection target,
            Load.Writer writer) {
        this.servers = servers;
        this.database = database;
        this.load = load;
        this.source = source;
        this.target = target;
        this.writer = writer;
    }

    /** Makes a scene in which rows of the {@link BenchTable} are written. */
    static Scene create(Servers servers, String prefix) throws SQLException {
        return create(servers, prefix, new TableRows());
    }

    /** Makes a scene in which that load is written. */
    static Scene create(Servers servers, String prefix, Load load) throws SQLException {
        String database = servers.newDatabase(prefix);
        Connection source = servers.source().connect(database);
        load.create(source);
        Load.Writer writer = load.open(Databases.hasty(servers.settings(database)));
        BenchTable.execute(source, "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + load.table());
        Connection target = servers.copies() ? servers.target().connect(database) : null;
        return new Scene(servers, database, load, source, target, writer);
    }

    /** The servers of the run. */
    Servers servers() {
        return servers;
    }

    /** A connection to the database that is captured. */
    Connection source() {
        return source;
    }

    /** A connection to the database of the copies, in autocommit mode. */
    Connection target() {
        if (target == null) {
            throw new IllegalStateException("This run has no server for copies");
        }
        return target;
    }

    /** What is written. */
    Load load() {
        return load;
    }

    /** Writes into the database that is captured, by commits that are not measured. */
    Load.Writer writer() {
        return writer;
    }

    /** Writes at a steady rate into the database that is captured. */
    void writePaced(Latencies latencies, int perSecond) throws InterruptedException {
        PacedWriter.write(() -> load.open(dataSource()), latencies, perSecond);
    }

    /** The database that is captured, for further connections. */
    DataSource dataSource() {
        return Databases.source(servers.settings(database));
    }

    /** The name of both databases. */
    String database() {
        return database;
    }

    /** Adds a candidate. */
    Entrant enter(Candidate candidate, boolean snapshot) throws Exception {
        Entrant entrant = Entrant.create(candidate, entrants.size() + 1, this, snapshot);
        entrants.add(entrant);
        return entrant;
    }

    List<Entrant> entrants() {
        return entrants;
    }

    /** Adds a copier. */
    Copier enter(Copier.Entry entry) throws Exception {
        Copier copier = entry.enter(this);
        copiers.add(copier);
        return copier;
    }

    /** The copiers, in the order in which they were added. */
    List<Copier> copiers() {
        return copiers;
    }

    @Override
    public void close() throws SQLException, IOException {
        try (source;
                target;
                writer) {
            for (Copier copier : copiers) {
                copier.close();
            }
            for (Entrant entrant : entrants) {
                entrant.close();
            }
            Servers.dropSlots(source);
        }
    }
}
