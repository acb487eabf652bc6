package dev.freshet.server.http;

import dev.freshet.model.ConfigurationException;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.HttpConfig;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP server: {@code /status}, {@code /metrics}, {@code /health/live} and {@code /health/ready}; {@code /} lists them.
 *
 * <p>Live means that every part has come back from its work within the limit; ready means that all that is configured
 * works, and that each replica has caught up with what its topics held when it started. Each answers 200, or 503 with what is
 * wrong, a line each.
 */
public final class HttpApi implements AutoCloseable {
    private static final int MAX_THREADS = 8;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PATHS = """
            Freshet
            /status        what runs, how far, how fresh, as JSON
            /metrics       the same as figures for Prometheus
            /health/live   200 while every part moves, else 503
            /health/ready  200 while all that is configured works, else 503
            """;

    private final Javalin javalin;

    private HttpApi(Javalin javalin) {
        this.javalin = javalin;
    }

    /**
     * Starts the server.
     *
     * @param config where it listens
     * @param status what to tell
     * @param stuck the parts that do not move, each a sentence; empty if all do
     * @throws ConfigurationException if the port cannot be had
     */
    public static HttpApi start(HttpConfig config, Supplier<ServerStatus> status, Supplier<List<String>> stuck) {
        Metrics metrics = new Metrics(status);
        Javalin javalin = Javalin.create(c -> {
            c.startup.showJavalinBanner = false;
            QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
            threads.setName("http");
            threads.setDaemon(true);
            c.jetty.threadPool = threads;
            c.routes.get("/", ctx -> ctx.contentType(TEXT).result(PATHS));
            c.routes.get("/status", ctx -> ctx.contentType("application/json").result(StatusJson.write(status.get())));
            c.routes.get(
                    "/metrics", ctx -> ctx.contentType(Metrics.CONTENT_TYPE).result(metrics.scrape()));
            c.routes.get("/health/live", ctx -> health(ctx, stuck.get()));
            c.routes.get("/health/ready", ctx -> health(ctx, status.get().problems()));
        });
        // it would log the failure that is thrown here
        JavalinLogger.enabled = false;
        try {
            javalin.start(config.host(), config.port());
        } catch (JavalinBindException e) {
            javalin.stop();
            throw new ConfigurationException(
                    "The address http.host " + config.host() + ", http.port " + config.port()
                            + " cannot be listened at: it is in use, or not this machine's; is another `freshet run`"
                            + " at work? Choose another port, or 0 for a free one",
                    e);
        } finally {
            JavalinLogger.enabled = true;
        }
        return new HttpApi(javalin);
    }

    private static void health(Context ctx, List<String> problems) {
        ctx.contentType(TEXT);
        if (problems.isEmpty()) {
            ctx.result("ok\n");
        } else {
            ctx.status(503).result(String.join("\n", problems) + "\n");
        }
    }

    /** Returns the port at which it listens. */
    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
