package dev.freshet.replica.table;

/**
 * The name of a table in the consumer's database, always with its schema, so that no search path decides where a copy is.
 *
 * @param schema the schema, as the catalog has it
 * @param name the table, as the catalog has it
 */
public record TableName(String schema, String name) {
    /** The most bytes that PostgreSQL keeps of a name. */
    public static final int MAX_NAME_BYTES = 63;

    /** Rejects empty and over-long parts. */
    public TableName {
        requirePart("schema", schema);
        requirePart("table", name);
    }

    private static void requirePart(String what, String part) {
        int bytes = part.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES || part.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "The " + what + " name '" + part + "' must have 1 to " + MAX_NAME_BYTES + " bytes");
        }
    }

    /**
     * Reads {@code schema.table}; both parts are taken as they are, without quotes and with their case.
     *
     * @param text such as {@code public.customer_copy}
     * @throws IllegalArgumentException if there is not exactly one point
     */
    public static TableName parse(String text) {
        int point = text.indexOf('.');
        if (point < 0 || text.indexOf('.', point + 1) >= 0) {
            throw new IllegalArgumentException(
                    "The table '" + text + "' must be written as schema.table, such as public.customer_copy");
        }
        return new TableName(text.substring(0, point), text.substring(point + 1));
    }

    /** Returns the name for SQL, quoted. */
    public String quoted() {
        return quote(schema) + '.' + quote(name);
    }

    /** Returns an identifier for SQL, quoted. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** Returns a text for SQL as a literal, whatever {@code standard_conforming_strings} says. */
    public static String literal(String text) {
        String quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
        return text.indexOf('\\') >= 0 ? " E" + quoted : quoted;
    }

    /** Returns {@code schema.table}. */
    @Override
    public String toString() {
        return schema + '.' + name;
    }
}
