package dev.freshet.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC URL of a PostgreSQL, MariaDB or MySQL database that the driver can read: of one that it cannot read it prints all,
 * secrets too. Its text form leaves out the parameters, which may hold secrets; no message shows more of it.
 *
 * @param value the URL as it is given to the driver; not to be printed
 */
public record JdbcUrl(String value) {
    /** The parameters of the driver that Freshet sets by itself, and which the URL must not have. */
    public static final List<String> OWN_PARAMETERS = List.of(
            "user",
            "password",
            "replication",
            "preferQueryMode",
            "assumeMinServerVersion",
            "binaryTransfer",
            "binaryTransferEnable");

    /** What is allowed, for messages. */
    public static final String ALLOWED =
            "a JDBC URL such as jdbc:postgresql://host:5432/database, without the parameters "
                    + String.join(", ", OWN_PARAMETERS);

    /** What is allowed where the database may be another one than PostgreSQL, for messages. */
    public static final String ANY_ALLOWED =
            ALLOWED.replace("//host:5432/database,", "//host:5432/database or jdbc:mariadb://host:3306/database,");

    private static final String POSTGRES = "jdbc:postgresql:";
    private static final String PREFIX = "(?<kind>jdbc:(?:postgresql|mariadb|mysql):)";
    private static final String HOST = "(?:[^\\s:/?@,&\\[\\]]*|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?";
    private static final String DATABASE = "[^\\s/?&]";
    private static final Pattern FORM = Pattern.compile(PREFIX + "(?://(?<hosts>" + HOST + "(?:," + HOST
            + ")*)(?:/(?<database>" + DATABASE + "*))?|(?<local>" + DATABASE + "+))(?:\\?\\S*)?");
    private static final Pattern USER_INFO = Pattern.compile(PREFIX + "//[^/?]*@.*");
    private static final Pattern LOCAL_ELSEWHERE = Pattern.compile("jdbc:(?:mariadb|mysql):(?!//).*");
    private static final Pattern PORTS = Pattern.compile(":([0-9]{1,5})(?=,|$)");
    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final int LAST_PORT = 65_535;
    private static final String DEFAULT_PORT = ":5432";
    private static final String DEFAULT_PORT_ELSEWHERE = ":3306";
    private static final String LOCAL = "localhost";

    /** Rejects what {@link #mistakeOfAny} finds wrong. */
    public JdbcUrl {
        reject(mistakeOfAny(value), ANY_ALLOWED);
    }

    /**
     * Returns the URL of a PostgreSQL database.
     *
     * @throws IllegalArgumentException with what {@link #mistake} finds wrong
     */
    public static JdbcUrl postgres(String value) {
        reject(mistake(value), ALLOWED);
        return new JdbcUrl(value);
    }

    private static void reject(@Nullable String mistake, String allowed) {
        if (mistake != null) {
            throw new IllegalArgumentException("The url is not " + allowed + ": " + mistake);
        }
    }

    /** Returns whether it is a PostgreSQL database's. */
    public boolean isPostgres() {
        return value.startsWith(POSTGRES);
    }

    /** As {@link #mistakeOfAny}, where the database must be a PostgreSQL. */
    public static @Nullable String mistake(String text) {
        String mistake = mistakeOfAny(text);
        return mistake == null && !text.startsWith(POSTGRES) ? "write one of a PostgreSQL database" : mistake;
    }

    /**
     * Tells what is wrong with a URL, and shows nothing of it but the names of parameters of our own.
     *
     * @param text what is to be a URL
     * @return what to do about it, or null if nothing is wrong
     */
    public static @Nullable String mistakeOfAny(String text) {
        if (text.startsWith("postgresql:") || text.startsWith("postgres:")) {
            return "did you mean 'jdbc:postgresql:…'?";
        }
        if (USER_INFO.matcher(text).matches()) {
            return "write what stands before the '@' as the settings user and password";
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches() || LOCAL_ELSEWHERE.matcher(text).matches()) {
            return "write it in this form; its parameters begin with a '?', and a '/' or '&' in a name is %2F or %26";
        }
        if (PORTS.matcher(hosts(form))
                .results()
                .map(MatchResult::group)
                .mapToInt(port -> Integer.parseInt(port.substring(1)))
                .anyMatch(port -> port < 1 || port > LAST_PORT)) {
            return "its port must be from 1 to " + LAST_PORT;
        }
        if (LONE_PERCENT.matcher(text).find()) {
            return "write a '%' that begins no code such as %20 as %25";
        }
        List<String> own =
                parameters(text).stream().filter(OWN_PARAMETERS::contains).toList();
        return own.isEmpty() ? null : "take out " + String.join(", ", own);
    }

    private static List<String> parameters(String url) {
        int question = url.indexOf('?');
        return question < 0
                ? List.of()
                : Arrays.stream(url.substring(question + 1).split("&", -1))
                        .map(p -> p.substring(0, p.indexOf('=') < 0 ? p.length() : p.indexOf('=')))
                        .toList();
    }

    private static String withoutParameters(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    // a URL without hosts names none that stands in it
    private static String hosts(Matcher form) {
        String hosts = form.group("hosts");
        return hosts == null ? "" : hosts;
    }

    /**
     * Returns the URL without its parameters in the one form that hosts in capitals, a port left out, and a local database's
     * bare name share: two URLs that agree here name the same database.
     */
    public String database() {
        Matcher form = FORM.matcher(value);
        if (!form.matches()) {
            throw new IllegalStateException("A URL was read that has no such form");
        }
        String local = form.group("local");
        String name = local == null ? form.group("database") : local;
        String hosts = local == null ? hosts(form) : LOCAL;
        return form.group("kind") + "//"
                + Arrays.stream(hosts.split(",", -1))
                        .map(this::withPort)
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(","))
                + "/" + (name == null ? "" : name);
    }

    private String withPort(String host) {
        return host.isEmpty() || PORTS.matcher(host).find()
                ? host
                : host + (isPostgres() ? DEFAULT_PORT : DEFAULT_PORT_ELSEWHERE);
    }

    /** Returns the URL without its parameters. */
    @Override
    public String toString() {
        return withoutParameters(value);
    }
}
