package dev.freshet.outbox;

import dev.freshet.model.event.EventMessage;
import dev.freshet.model.event.PublishedEvent;
import java.util.List;

/** A message in PostgreSQL's log, which stands there if and only if its transaction commits. */
final class WalMessages implements Way {
    /** Of the function with text and that with bytea, the server takes the one with text for a parameter of unknown type. */
    private static final String SQL =
            "SELECT pg_catalog.pg_logical_emit_message(true, '" + EventMessage.PREFIX + "', CAST(? AS bytea))";

    @Override
    public String sql() {
        return SQL;
    }

    @Override
    public String sqlOfNewIds() {
        return SQL;
    }

    @Override
    public boolean commitsAlong() {
        return true;
    }

    @Override
    public SqlStatement of(PublishedEvent event) {
        return new SqlStatement(SQL, List.of(new SqlStatement.Parameter(byte[].class, EventMessage.encode(event))));
    }

    @Override
    public String whereMissing() {
        return "messages in the log need PostgreSQL 14 or newer; use an outbox table with others";
    }

    @Override
    public String whereForbidden() {
        return "the service's role needs EXECUTE on the function pg_logical_emit_message(boolean, text, bytea)";
    }
}
