package dev.freshet.bench.contender;

import dev.freshet.bench.process.Settings;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The database that is captured, as settings name it; without a pool. */
public final class Databases {
    private Databases() {}

    /** Returns it with commits as durable as the server is set. */
    public static DataSource source(Settings settings) {
        return of(settings);
    }

    /** Returns it with commits that do not wait until they are on disk, for what is written while nothing is measured. */
    public static DataSource hasty(Settings settings) {
        PGSimpleDataSource database = of(settings);
        database.setOptions("-c synchronous_commit=off");
        return database;
    }

    private static PGSimpleDataSource of(Settings settings) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(settings.get(Keys.SOURCE_URL));
        database.setUser(settings.get(Keys.SOURCE_USER));
        database.setPassword(settings.get(Keys.SOURCE_PASSWORD));
        return database;
    }
}
