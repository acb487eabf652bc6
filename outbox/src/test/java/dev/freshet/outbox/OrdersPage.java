package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** The examples of a page, over a database with an outbox and the table of orders that they write. */
@OnServers
abstract class OrdersPage {
    final SqlOutbox outbox = SqlOutbox.table(Dialect.POSTGRESQL).build();
    TestDatabase database;
    PageExamples examples;

    private final String page;

    /**
     * Creates it.
     *
     * @param page its file in docs/how-to
     */
    OrdersPage(String page) {
        this.page = page;
    }

    @BeforeEach
    void compile(TestDatabase own, @TempDir Path folder) throws Exception {
        database = own;
        Migration.run(own);
        own.execute("CREATE TABLE orders (id text PRIMARY KEY)");
        examples = PageExamples.of(page, folder);
    }

    @AfterEach
    void close() throws Exception {
        examples.close();
    }

    final DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser(database.user());
        source.setPassword(database.password());
        return source;
    }

    /** Places an order, one that is there, one whose event fails, and one more. */
    final void assertTogetherOrNeither(Object orders) throws Exception {
        Object id = PageExamples.place(orders, "1");
        assertEquals(String.valueOf(id), database.text("SELECT id FROM freshet_outbox"));
        assertThrows(InvocationTargetException.class, () -> PageExamples.place(orders, "1"));
        database.execute("ALTER TABLE freshet_outbox RENAME TO elsewhere");
        assertThrows(InvocationTargetException.class, () -> PageExamples.place(orders, "2"));
        database.execute("ALTER TABLE elsewhere RENAME TO freshet_outbox");
        PageExamples.place(orders, "3");
        assertEquals("1 3", database.text("SELECT string_agg(id, ' ' ORDER BY id) FROM orders"));
        assertEquals("1 3", database.text("SELECT string_agg(event_key, ' ' ORDER BY event_key) FROM freshet_outbox"));
    }
}
