package dev.freshet.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The examples of docs/how-to/publish-with-frameworks.md, run as they stand there. */
class FrameworksPageTest extends OrdersPage {

    FrameworksPageTest() {
        super("publish-with-frameworks.md");
    }

    @Test
    void spring_commitsOrderAndEventTogether_orNeither() throws Exception {
        DataSource source = dataSource();
        JdbcTemplate jdbc = new JdbcTemplate(source);
        assertTogetherOrNeither(examples.example(
                "SpringOrders", new TransactionTemplate(new DataSourceTransactionManager(source)), jdbc, outbox));
        Event alone =
                Event.builder("orders", "order-placed").key("4").payload(4).build();
        RuntimeException refused = assertThrows(
                RuntimeException.class,
                () -> jdbc.execute((Connection c) -> outbox.publish(c, alone)),
                "outside a transaction");
        assertTrue(String.valueOf(refused.getMessage()).contains("auto-commit"), refused.getMessage());
    }

    @Test
    void jpa_commitsOrderAndEventTogether_orNeither() throws Exception {
        Configuration configuration = new Configuration()
                .setProperty("jakarta.persistence.jdbc.url", database.jdbcUrl())
                .setProperty("jakarta.persistence.jdbc.user", database.user())
                .setProperty("jakarta.persistence.jdbc.password", database.password());
        try (SessionFactory sessions = configuration.buildSessionFactory();
                EntityManager entities = sessions.createEntityManager()) {
            assertTogetherOrNeither(examples.example("JpaOrders", entities, outbox));
        }
    }

    @Test
    void jooq_commitsOrderAndEventTogether_orNeither() throws Exception {
        assertTogetherOrNeither(examples.example("JooqOrders", DSL.using(dataSource(), SQLDialect.POSTGRES), outbox));
    }

    @Test
    @SuppressWarnings("unchecked") // the example is compiled by the test
    void traceParent_isThatOfTheCurrentSpan() throws Exception {
        Supplier<@Nullable String> trace = (Supplier<@Nullable String>) examples.example("TraceParent");
        Event event = Event.builder("orders", "order-placed")
                .key("1")
                .payload(Map.of())
                .build();
        SpanContext span = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        try (Connection connection = database.connect();
                Scope scope = Span.wrap(span).makeCurrent()) {
            connection.setAutoCommit(false);
            outboxWith(trace).publish(connection, event);
            connection.commit();
            Objects.requireNonNull(scope);
        }
        assertEquals(
                "{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}",
                database.text("SELECT headers FROM freshet_outbox"));
    }

    private static SqlOutbox outboxWith(Supplier<@Nullable String> trace) {
        return SqlOutbox.table(Dialect.POSTGRESQL).traceParent(trace).build();
    }
}
