package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database with the table, its publication, and the entrants of a case. */
final class Scene implements AutoCloseable {
    /** The publication for whoever makes none of its own. */
    static final String PUBLICATION = "bench";

    /** How many rows each entrant may use to see that it is established; those of the first have the ids from 1 on. */
    static final int CANARIES = 60;

    /** The first id of the rows that are measured. */
    static final long FIRST = 1001;

    private final Servers servers;
    private final String database;
    private final Connection source;
    private final @Nullable Connection target;
    private final List<Entrant> entrants = new ArrayList<>();
    private final List<Copier> copiers = new ArrayList<>();

    private Scene(Servers servers, String database, Connection source, @Nullable Connection target) {
        this.servers = servers;
        this.database = database;
        this.source = source;
        this.target = target;
    }

    static Scene create(Servers servers, String prefix) throws SQLException {
        String database = servers.newDatabase(prefix);
        Connection source = servers.source().connect(database);
        BenchTable.create(source, BenchTable.NAME);
        BenchTable.execute(source, "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + BenchTable.NAME);
        Connection target = servers.copies() ? servers.target().connect(database) : null;
        return new Scene(servers, database, source, target);
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

    /** The name of both databases. */
    String database() {
        return database;
    }

    /** Adds a candidate. */
    Entrant enter(Candidate candidate, boolean snapshot) throws Exception {
        Entrant entrant = Entrant.create(candidate, entrants.size() + 1, servers, database, source, snapshot);
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
                target) {
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
