package dev.freshet.outbox;

import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.junit.OnServers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

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
}
