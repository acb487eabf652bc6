package dev.freshet.capture.postgres.table;

/** Names in SQL text. */
public final class Identifiers {
    private Identifiers() {}

    /** Returns a name in double quotes. */
    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns a name with its schema, both quoted. */
    public static String qualified(String schema, String name) {
        return quoted(schema) + '.' + quoted(name);
    }

    /** Returns a text as a literal, which no setting of the session changes. */
    public static String literal(String text) {
        String doubled = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? '\'' + doubled + '\'' : " E'" + doubled.replace("\\", "\\\\") + '\'';
    }
}
