package dev.freshet.capture.mariadb;

import dev.freshet.capture.polling.Writer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who writes into an InnoDB database.
 *
 * <p>Implementation note. A statement may draw a value of AUTO_INCREMENT before its transaction shows in
 * {@code information_schema.innodb_trx}; until then it shows in the list of processes. So the statements are asked for first, then
 * the transactions: whoever goes over from the one to the other in between is in both. The second is a copy that InnoDB keeps, and
 * renews only when nobody has read it for 0.1 s (MySQL manual, "Persistence and Consistency of InnoDB Transaction and Locking
 * Information"); so the question itself has to be in the answer.
 *
 * <p>A statement whose session is then in a transaction that is read-only is not one that writes: InnoDB marks one so when it
 * begins, if the session has asked for it, or if it is a single SELECT in auto-commit mode that locks nothing and calls no function
 * that writes. Such a one never becomes another, and what its session begins after it draws later values. Of a SELECT in any other
 * transaction it cannot be told that it draws none: the statement may be an INSERT that reads first.
 */
final class InnoDbWriters {
    private static final String TRANSACTIONS = "trx_id, trx_mysql_thread_id, trx_rows_modified, trx_query,"
            + " connection_id(), trx_is_read_only FROM information_schema.innodb_trx";

    private InnoDbWriters() {}

    /**
     * Asks.
     *
     * @param mySql whether statements have no numbers of their own
     * @return empty if the answer is an old one
     */
    static Optional<List<Writer>> ask(Connection connection, boolean mySql) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            List<Writer> writers = new ArrayList<>();
            statements(statement, mySql, writers);
            // so that this session's own question shows among the transactions
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            boolean fresh = transactions(statement, writers);
            connection.commit();
            return fresh ? Optional.of(writers) : Optional.empty();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static void statements(Statement statement, boolean mySql, List<Writer> writers) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT id, " + (mySql ? "0" : "query_id")
                // what a replica applies was published elsewhere
                + " FROM information_schema.processlist WHERE id <> connection_id() AND user <> 'system user' AND command NOT IN"
                + " ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID', 'Slave_IO')")) {
            while (row.next()) {
                String session = row.getString(1);
                writers.add(new Writer(
                        "statement " + row.getString(2) + " of connection " + session, session, Writer.Kind.STATEMENT));
            }
        }
    }

    private static boolean transactions(Statement statement, List<Writer> writers) throws SQLException {
        String mark = UUID.randomUUID().toString();
        boolean fresh = false;
        try (ResultSet row = statement.executeQuery("SELECT '" + mark + "', " + TRANSACTIONS)) {
            while (row.next()) {
                String session = String.valueOf(row.getString(3));
                if (session.equals(row.getString(6))) {
                    fresh |= String.valueOf(row.getString(5)).contains(mark);
                } else if (row.getInt(7) == 1) {
                    writers.removeIf(w ->
                            w.kind() == Writer.Kind.STATEMENT && w.session().equals(session));
                } else if (row.getLong(4) > 0) {
                    writers.add(new Writer(
                            "transaction " + row.getString(2) + " of connection " + session,
                            session,
                            session.equals("0") ? Writer.Kind.DETACHED : Writer.Kind.TRANSACTION));
                }
            }
        }
        return fresh;
    }
}
