package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The outbox table's definition, as a service runs it. */
public final class Migration {
    private Migration() {}

    /** Makes the table. */
    public static void run(TestDatabase database) throws Exception {
        try (InputStream file = Migration.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            database.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
