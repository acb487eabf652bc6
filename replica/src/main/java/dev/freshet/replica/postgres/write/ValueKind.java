package dev.freshet.replica.postgres.write;

import dev.freshet.model.ledger.Column;
import java.util.Locale;

/**
 * How the JSON value of a column becomes the text that PostgreSQL reads.
 *
 * @param array whether it is an array of such values
 * @param form the form of a value, or of an array's element
 * @param delimiter what separates an array's elements
 */
record ValueKind(boolean array, Form form, char delimiter) {
    /** The forms in which a value travels. */
    enum Form {
        /** Number, boolean, or string with the server's text. */
        PLAIN,
        /** Base64. */
        BYTES,
        /** ISO 8601, with signed years where PostgreSQL writes BC or more than four digits. */
        TEMPORAL,
        /** The value itself is the JSON. */
        JSON
    }

    static ValueKind of(Column column) {
        String type = column.type().toLowerCase(Locale.ROOT);
        boolean array = type.endsWith("[]");
        String element = array ? type.substring(0, type.indexOf('[')) : type;
        Form form = column.portable() ? form(element) : Form.PLAIN;
        return new ValueKind(array, form, column.portable() && element.equals("box") ? ';' : ',');
    }

    private static Form form(String type) {
        if (type.equals("bytea")) {
            return Form.BYTES;
        }
        if (type.equals("json") || type.equals("jsonb")) {
            return Form.JSON;
        }
        return type.equals("date") || type.startsWith("timestamp") ? Form.TEMPORAL : Form.PLAIN;
    }

    boolean json() {
        return form == Form.JSON && !array;
    }
}
