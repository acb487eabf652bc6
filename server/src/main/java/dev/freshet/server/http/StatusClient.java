package dev.freshet.server.http;

import dev.freshet.model.FreshetException;
import dev.freshet.server.ServerStatus;
import dev.freshet.server.config.HttpConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** Asks a running server for its status. */
public final class StatusClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private StatusClient() {}

    /** Returns where the server of a configuration answers. */
    public static URI address(HttpConfig http) {
        String host = http.host().equals("0.0.0.0") || http.host().equals("::") ? "127.0.0.1" : http.host();
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + http.port());
    }

    /**
     * Asks for the status.
     *
     * @return the status as JSON, or empty if no Freshet listens there
     * @throws FreshetException if something listens but has not answered within ten seconds
     */
    public static Optional<String> ask(HttpConfig http) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address(http).resolve("/status"))
                .timeout(LIMIT)
                .build();
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .connectTimeout(LIMIT)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (HttpTimeoutException e) {
            throw new FreshetException(
                    "What listens at " + address(http) + " has not answered within " + LIMIT.toSeconds()
                            + " s: the process is held, or has no time or memory left. See its log and its state (such as with"
                            + " `ps`); if it does not come back, end it and start it again: nothing is lost by that",
                    e);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads an answer.
     *
     * @throws FreshetException if it is not that of a Freshet server
     */
    public static ServerStatus parse(String answer) {
        try {
            return StatusJson.read(answer);
        } catch (IllegalArgumentException e) {
            throw new FreshetException(
                    "What answers at the configured http.host and http.port is not a Freshet server: " + e.getMessage(),
                    e);
        }
    }
}
