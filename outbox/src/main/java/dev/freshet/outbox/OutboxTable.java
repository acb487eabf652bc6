package dev.freshet.outbox;

import dev.freshet.model.event.OutboxColumn;
import dev.freshet.model.event.PublishedEvent;
import dev.freshet.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An insert into the outbox table. The same id again inserts nothing. */
final class OutboxTable implements Way {
    private static final String JSON = "application/json";

    private final Dialect dialect;
    private final String insertNew;
    private final String insertIfNew;

    OutboxTable(Dialect dialect) {
        this.dialect = dialect;
        String insert = "INSERT INTO freshet_outbox (" + String.join(", ", OutboxColumn.names())
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        insertIfNew = insert + ' ' + dialect.ifThere();
        // the others draw more numbers for several plain inserts than these have rows, and a relay that polls waits for
        // each
        insertNew = dialect == Dialect.POSTGRESQL ? insert : insertIfNew;
    }

    @Override
    public String sql() {
        return insertIfNew;
    }

    @Override
    public String sqlOfNewIds() {
        return insertNew;
    }

    @Override
    public boolean commitsAlong() {
        return dialect == Dialect.POSTGRESQL;
    }

    @Override
    public SqlStatement of(PublishedEvent event) {
        boolean json = event.contentType().equals(JSON);
        return new SqlStatement(
                insertIfNew,
                List.of(
                        dialect.id(event.id()),
                        text(event.stream()),
                        text(event.key()),
                        text(event.type()),
                        text(event.contentType()),
                        text(event.headers().isEmpty() ? null : json(event.headers())),
                        text(json ? new String(event.payload(), StandardCharsets.UTF_8) : null),
                        new SqlStatement.Parameter(byte[].class, json ? null : event.payload())));
    }

    private static SqlStatement.Parameter text(@Nullable String value) {
        return new SqlStatement.Parameter(String.class, value);
    }

    private static String json(Map<String, String> headers) {
        JsonWriter json = new JsonWriter().beginObject();
        headers.forEach((name, value) -> json.name(name).string(value));
        return json.endObject().toString();
    }

    @Override
    public String whereMissing() {
        return "run the migration " + dialect.migration() + " of freshet-outbox, in " + dialect.place();
    }

    @Override
    public String whereForbidden() {
        return "the service's user needs GRANT " + String.join(", and GRANT ", dialect.privileges());
    }
}
