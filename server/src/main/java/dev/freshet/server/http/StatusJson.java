package dev.freshet.server.http;

import dev.freshet.server.ServerStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The status as JSON: every member of {@link ServerStatus} by its name, times as ISO-8601. */
public final class StatusJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private StatusJson() {}

    /** Returns the status as JSON. */
    public static String write(ServerStatus status) {
        return MAPPER.writeValueAsString(status);
    }

    /**
     * Reads a status, also that of a newer server with more members.
     *
     * @throws IllegalArgumentException if the text is no status
     */
    public static ServerStatus read(String json) {
        try {
            return MAPPER.readValue(json, ServerStatus.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("Not the status of a Freshet server: " + e.getOriginalMessage(), e);
        }
    }
}
