package dev.freshet.relay;

import dev.freshet.outbox.Dialect;
import dev.freshet.outbox.SqlOutbox;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Events by rows of an outbox table, which the relay finds in the log. */
class OutboxTablePublicationTest extends PublicationSuite {
    @Override
    SqlOutbox outbox() throws Exception {
        try (InputStream file = SqlOutbox.class.getClassLoader().getResourceAsStream(Dialect.POSTGRESQL.migration())) {
            db.execute(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        return SqlOutbox.table(Dialect.POSTGRESQL).build();
    }

    @Override
    RelaySettings.Builder relayed(RelaySettings.Builder builder) {
        return builder.outbox("public.freshet_outbox");
    }
}
