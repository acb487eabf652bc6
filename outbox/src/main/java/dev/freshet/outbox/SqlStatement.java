package dev.freshet.outbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that publishes an event, for whatever runs SQL inside a transaction.
 *
 * @param sql the statement, with {@code ?} for each parameter
 * @param parameters the parameters, in order
 */
public record SqlStatement(String sql, List<Parameter> parameters) {
    /**
     * A parameter.
     *
     * @param type its Java type, for clients that need it of a null
     * @param value its value
     */
    public record Parameter(Class<?> type, @Nullable Object value) {}

    /** Copies the list. */
    public SqlStatement {
        parameters = List.copyOf(parameters);
    }

    /** Returns the statement with {@code $1}, {@code $2}, … in place of the question marks. */
    public String numbered() {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '?') {
                text.append('$').append(++number);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
