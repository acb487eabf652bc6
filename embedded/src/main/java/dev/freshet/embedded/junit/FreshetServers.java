package dev.freshet.embedded.junit;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.EmbeddedPostgres;
import dev.freshet.embedded.TestDatabase;
import dev.freshet.embedded.TestServers;
import dev.freshet.embedded.TopicPrefix;
import java.lang.reflect.Parameter;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a real Kafka and a real PostgreSQL as parameters, one of each per JVM, and a fresh database and topic
 * prefix per test:
 *
 * <pre>{@code
 * @OnServers
 * class OrdersTest {
 *     @Test
 *     void test(EmbeddedKafka kafka, TestDatabase source, TestDatabase target, TopicPrefix prefix) { ... }
 * }
 * }</pre>
 *
 * <p>Parameters of the types {@link EmbeddedKafka}, {@link EmbeddedPostgres}, {@link TestServers}, {@link TestDatabase}
 * and {@link TopicPrefix} are filled, in tests, in {@code @BeforeEach}, {@code @AfterEach} and test constructors.
 * {@code TestDatabase} parameters of one test are the same database if they have the same name, and different ones if
 * not; compile with {@code -parameters}, or the position counts as the name. A {@code TopicPrefix} is one per test. When
 * the test is over, its databases are dropped with what was forgotten in them, and its topics deleted. In
 * {@code @BeforeAll} they belong to the class, and its tests get the same ones.
 *
 * <p>A server is started for the first test that asks for it. May be used by parallel tests.
 */
public final class FreshetServers implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(FreshetServers.class);
    private static final Set<Class<?>> SUPPORTED = Set.of(
            TestServers.class, EmbeddedKafka.class, EmbeddedPostgres.class, TestDatabase.class, TopicPrefix.class);

    /** Called by JUnit. */
    public FreshetServers() {}

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return SUPPORTED.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext context, ExtensionContext test) {
        Parameter parameter = context.getParameter();
        TestServers servers = TestServers.shared();
        Class<?> type = parameter.getType();
        if (type == EmbeddedKafka.class) {
            return servers.kafka();
        }
        if (type == EmbeddedPostgres.class) {
            return servers.postgres();
        }
        ExtensionContext.Store store = test.getStore(NAMESPACE);
        if (type == TestDatabase.class) {
            return store.computeIfAbsent(
                    "database " + parameter.getName(), key -> servers.newDatabase(), TestDatabase.class);
        }
        if (type == TopicPrefix.class) {
            return store.computeIfAbsent("prefix", key -> new Topics(servers.newPrefix()), Topics.class)
                    .prefix();
        }
        return servers.startBoth();
    }

    /** Deletes a test's topics when JUnit closes the test's store. */
    private record Topics(TopicPrefix prefix) implements AutoCloseable {

        @Override
        public void close() {
            TestServers.shared().deleteTopics(prefix);
        }
    }
}
