package dev.freshet.bench.load;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A writer whose ids are each one execution of the same prepared statement. */
final class BatchWriter extends JdbcWriter {
    private final PreparedStatement insert;
    private final Binding binding;

    BatchWriter(DataSource database, String sql, Binding binding) throws SQLException {
        super(database);
        this.insert = connection().prepareStatement(sql);
        this.binding = binding;
    }

    /** Sets the statement's parameters to what an id has. */
    interface Binding {
        void bind(PreparedStatement statement, long id) throws SQLException;
    }

    @Override
    void insert(long first, long last) throws SQLException {
        for (long id = first; id <= last; id++) {
            binding.bind(insert, id);
            if (first == last) {
                insert.executeUpdate();
            } else {
                insert.addBatch();
            }
        }
        if (first < last) {
            insert.executeBatch();
        }
    }
}
