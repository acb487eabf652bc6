package dev.freshet.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** Events in a table of the layout that Debezium's outbox event router expects by default. */
public final class RouterEvents implements Load, Publishing {
    private static final String TABLE = "outboxevent";

    private static final String DEFINITION = """
            (id uuid PRIMARY KEY, aggregatetype varchar(255) NOT NULL, aggregateid varchar(255) NOT NULL,
             type varchar(255) NOT NULL, payload jsonb)""";

    private static final String INSERT = "INSERT INTO " + TABLE
            + " (id, aggregatetype, aggregateid, type, payload) VALUES (?, ?, ?, ?, CAST(? AS jsonb))";

    /** Creates the load. */
    public RouterEvents() {}

    @Override
    public void create(Connection connection) throws SQLException {
        BenchTable.execute(connection, "CREATE TABLE " + TABLE + ' ' + DEFINITION);
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public Writer open(DataSource database) throws SQLException {
        return new BatchWriter(database, INSERT, RouterEvents::bind);
    }

    private static void bind(PreparedStatement insert, long id) throws SQLException {
        insert.setObject(1, UUID.randomUUID());
        insert.setString(2, Events.SUBJECT);
        insert.setString(3, Events.key(id));
        insert.setString(4, Events.TYPE);
        insert.setString(5, Events.json(id));
    }

    @Override
    public void publish(Connection connection, long id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            bind(insert, id);
            insert.executeUpdate();
        }
    }
}
