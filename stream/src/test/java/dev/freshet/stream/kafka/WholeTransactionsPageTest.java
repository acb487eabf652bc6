package dev.freshet.stream.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.stream.BoundaryState;
import dev.freshet.stream.StreamRecord;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java example of the page on whole transactions, run as it stands there. */
@OnServers
class WholeTransactionsPageTest {
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)\n```");
    private static final int TOTAL = 1000;

    private EmbeddedKafka kafka;
    private TestRelay relay;
    private URLClassLoader example;
    private final List<String> calls = new ArrayList<>();
    private final BlockingQueue<Map<String, Integer>> commits = new LinkedBlockingQueue<>();
    private final Map<String, Integer> open = new TreeMap<>();
    private Map<String, Integer> copy = Map.of();
    private BoundaryState state = BoundaryState.NONE;

    @BeforeEach
    void compile(EmbeddedKafka shared, TopicPrefix prefix, @TempDir Path folder) throws Exception {
        kafka = shared;
        relay = new TestRelay(kafka.bootstrapServers(), prefix + "bank");
        Matcher page = JAVA.matcher(Files.readString(Path.of("..", "docs", "how-to", "whole-transactions.md")));
        assertTrue(page.find());
        String code = page.group(1)
                .replace("bank.freshet-ledger", relay.ledger)
                .replace("bank.accounts", relay.capture("accounts", 1))
                .replace("bank.savings", relay.capture("savings", 1));
        Path source = Files.writeString(folder.resolve("Bank.java"), code);
        String classPath = System.getProperty("java.class.path");
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString()));
        example = new URLClassLoader(new URL[] {folder.toUri().toURL()});
    }

    @AfterEach
    void close() throws Exception {
        relay.close();
        example.close();
    }

    @Test
    void copy_isWholeAtEachCommit_andIsFilledAnewAfterALongAbsence() throws Exception {
        move(0);
        whileItRuns(() -> {
            awaitSavings(0);
            for (int i = 1; i <= 20; i++) {
                move(i);
            }
            awaitSavings(20);
        });
        assertEquals(List.of(), calls);
        state = new BoundaryState(state.offsets(), state.seen(), state.topicIds(), Instant.EPOCH);
        move(21);
        whileItRuns(() -> awaitSavings(21));
        assertEquals(List.of("rollback", "clear"), calls);
    }

    private void move(int amount) throws Exception {
        relay.begin().put("accounts", 0, "a", "" + (TOTAL - amount)).put("savings", 0, "s", "" + amount);
        relay.commit();
    }

    private void awaitSavings(int amount) throws InterruptedException {
        Map<String, Integer> seen = Map.of();
        while (!Integer.valueOf(amount).equals(seen.get("s"))) {
            Map<String, Integer> next = commits.poll(20, TimeUnit.SECONDS);
            assertTrue(next != null, "no commit after " + seen + ", calls " + calls);
            seen = next;
            assertEquals(TOTAL, seen.values().stream().mapToInt(v -> v).sum(), seen.toString());
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    private void whileItRuns(Body body) throws Exception {
        Class<?> storeType = example.loadClass("Store");
        Object store = Proxy.newProxyInstance(example, new Class<?>[] {storeType}, (p, m, args) -> call(m, args));
        Method follow = example.loadClass("Bank").getDeclaredMethod("follow", String.class, storeType);
        follow.setAccessible(true);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                follow.invoke(null, kafka.bootstrapServers(), store);
                end.complete(new InterruptedException());
            } catch (ReflectiveOperationException e) {
                end.complete(e.getCause());
            }
        });
        thread.start();
        body.run();
        thread.interrupt();
        Throwable why = end.get(30, TimeUnit.SECONDS);
        assertTrue(isInterrupt(why), () -> "it ended with " + why);
    }

    private static boolean isInterrupt(Throwable why) {
        return why instanceof InterruptedException || why instanceof org.apache.kafka.common.errors.InterruptException;
    }

    private Object call(Method method, Object[] arguments) {
        switch (method.getName()) {
            case "state" -> {
                return state;
            }
            case "apply" -> ((List<?>) arguments[0]).forEach(r -> apply((StreamRecord) r));
            case "commit" -> {
                state = (BoundaryState) arguments[0];
                copy = Map.copyOf(open);
                commits.add(copy);
            }
            case "clear" -> {
                calls.add("clear");
                open.clear();
            }
            case "rollback" -> {
                calls.add("rollback");
                open.clear();
                open.putAll(copy);
            }
            default -> throw new AssertionError("the page's store has a method that the test does not know: " + method);
        }
        return null;
    }

    private void apply(StreamRecord r) {
        byte[] value = r.value();
        if (value != null) {
            open.put(
                    new String(r.key(), StandardCharsets.UTF_8),
                    Integer.valueOf(new String(value, StandardCharsets.UTF_8)));
        }
    }
}
