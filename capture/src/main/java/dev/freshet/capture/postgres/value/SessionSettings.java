package dev.freshet.capture.postgres.value;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings on which the text of values depends. They are pinned on every session from which values are read, log and
 * snapshot alike: a role or database may have others as its defaults.
 */
public final class SessionSettings {
    private static final Map<String, String> PINS = new LinkedHashMap<>();

    static {
        PINS.put("DateStyle", "ISO, MDY");
        PINS.put("IntervalStyle", "iso_8601");
        PINS.put("TimeZone", "UTC");
        PINS.put("extra_float_digits", "1");
        PINS.put("bytea_output", "hex");
        PINS.put("client_encoding", "UTF8");
        // money is read back under the same setting
        PINS.put("lc_monetary", "C");
        // names of types come qualified, whatever the role's path is
        PINS.put("search_path", "pg_catalog");
    }

    private static final String SQL = PINS.entrySet().stream()
            .map(pin -> "SET " + pin.getKey() + " = '" + pin.getValue() + "'")
            .collect(Collectors.joining("; "));

    private SessionSettings() {}

    /** Returns the statements that pin the settings, separated by semicolons; a walsender takes them too. */
    public static String sql() {
        return SQL;
    }

    /**
     * Pins the settings on a session.
     *
     * @throws SQLException if the server refuses or cannot be reached
     */
    public static void pin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SQL);
        }
    }
}
