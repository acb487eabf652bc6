package dev.freshet.bench.suite;

import dev.freshet.bench.load.BenchTable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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
    private final List<Entrant> entrants = new ArrayList<>();

    private Scene(Servers servers, String database, Connection source) {
        this.servers = servers;
        this.database = database;
        this.source = source;
    }

    static Scene create(Servers servers, String prefix) throws SQLException {
        String database = servers.newDatabase(prefix);
        Connection source = servers.source().connect(database);
        BenchTable.create(source, BenchTable.NAME);
        BenchTable.execute(source, "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE " + BenchTable.NAME);
        return new Scene(servers, database, source);
    }

    /** A connection to the database that is captured. */
    Connection source() {
        return source;
    }

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

    @Override
    public void close() throws SQLException, IOException {
        try (source) {
            for (Entrant entrant : entrants) {
                entrant.close();
            }
            Servers.dropSlots(source);
        }
    }
}
