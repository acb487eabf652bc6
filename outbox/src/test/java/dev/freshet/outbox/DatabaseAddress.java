package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import java.net.URI;

/** Where a database is, for clients that are not told by a JDBC URL. */
public record DatabaseAddress(String host, int port, String name) {
    /** Reads it from the database's URL. */
    public static DatabaseAddress of(TestDatabase database) {
        URI uri = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        return new DatabaseAddress(uri.getHost(), uri.getPort(), uri.getPath().substring(1));
    }
}
