package dev.freshet.capture.polling;

import dev.freshet.model.FreshetException;
import java.sql.SQLException;

/** A polled database by SQL. */
final class SqlPolledStore implements PolledStore {
    private final PollingSettings settings;
    private final PolledDatabase database;

    SqlPolledStore(PollingSettings settings, PolledDatabase database) {
        this.settings = settings;
        this.database = database;
    }

    @Override
    public String type() {
        return database.type();
    }

    @Override
    public PolledSession open() {
        try {
            return new SqlPolledSession(settings, database, database.open());
        } catch (SQLException e) {
            throw SqlPolledSession.failure(e);
        }
    }

    @Override
    public FreshetException failed(String doing, PolledFailure failure) {
        return failure.getCause() instanceof SQLException e ? database.failed(doing, e) : failure;
    }
}
