package dev.freshet.server.config;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A JDBC URL of a PostgreSQL database; its text form hides passwords among its parameters.
 *
 * @param value the URL as it is given to the driver
 */
public record JdbcUrl(String value) {
    private static final String HOST = "(?:[^\\s:/?@,\\[\\]]*|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?";
    private static final Pattern FORM = Pattern.compile(
            "jdbc:postgresql:(?://" + HOST + "(?:," + HOST + ")*(?:/[^\\s/?]*)?|[^\\s/?]+)(?:\\?\\S*)?");
    private static final Pattern SECRETS =
            Pattern.compile("([?&][^=&]*(?:password|secret|token)[^=&]*=)[^&]*", Pattern.CASE_INSENSITIVE);

    /** Rejects what is no JDBC URL of PostgreSQL. */
    public JdbcUrl {
        if (!isValid(value)) {
            throw new IllegalArgumentException("Not a JDBC URL such as jdbc:postgresql://host:5432/database");
        }
    }

    /** Returns the names of its parameters. */
    java.util.List<String> parameters() {
        int question = value.indexOf('?');
        return question < 0
                ? java.util.List.of()
                : java.util.Arrays.stream(value.substring(question + 1).split("&", -1))
                        .map(p -> p.substring(0, p.indexOf('=') < 0 ? p.length() : p.indexOf('=')))
                        .toList();
    }

    static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /** Returns the URL without its parameters, in lower case: two URLs that agree here name the same database. */
    public String database() {
        int parameters = value.indexOf('?');
        return (parameters < 0 ? value : value.substring(0, parameters)).toLowerCase(Locale.ROOT);
    }

    /** Returns the URL with hidden passwords. */
    @Override
    public String toString() {
        return SECRETS.matcher(value).replaceAll("$1" + Secret.HIDDEN);
    }
}
