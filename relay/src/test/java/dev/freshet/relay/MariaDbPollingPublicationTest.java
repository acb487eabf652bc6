package dev.freshet.relay;

import dev.freshet.capture.mariadb.MariaDbPolled;
import dev.freshet.capture.polling.PolledDatabase;
import dev.freshet.capture.polling.PollingSettings;
import dev.freshet.embedded.junit.MariaDbServer;
import dev.freshet.outbox.Dialect;
import java.sql.SQLException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events by rows of an outbox table in MariaDB. */
class MariaDbPollingPublicationTest extends PollingPublicationSuite {
    @RegisterExtension
    static final MariaDbServer SERVER = new MariaDbServer();

    private Place place;

    @Override
    Dialect dialect() {
        return Dialect.MARIADB;
    }

    @Override
    Place place() throws SQLException {
        if (place == null) {
            String url = SERVER.newDatabase();
            place = new Place(url, MariaDbServer.ADMIN, MariaDbServer.ADMIN, url.substring(url.lastIndexOf('/') + 1));
        }
        return place;
    }

    @Override
    PolledDatabase database(PollingSettings polled) {
        return new MariaDbPolled(polled, false);
    }
}
