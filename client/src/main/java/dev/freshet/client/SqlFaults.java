package dev.freshet.client;

import dev.freshet.model.FreshetException;
import dev.freshet.model.RetriableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;

/** JDBC's exceptions in Freshet's words. */
final class SqlFaults {
    private SqlFaults() {}

    static FreshetException translate(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String told = "The database failed at " + what + " (SQLSTATE " + state + "): " + e.getMessage();
        boolean passes = e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P");
        return passes ? new RetriableException(told, e) : new FreshetException(told, e);
    }
}
