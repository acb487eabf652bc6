package dev.freshet.server.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables into values: {@code ${NAME}}, or {@code ${NAME:-default}} for one that may be missing; a
 * doubled dollar sign takes away the meaning. What a variable gives is not looked through again.
 */
final class Environment {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\\}");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** What became of a text. */
    record Expanded(String text, Set<String> missing) {}

    Expanded expand(String raw) {
        Matcher m = REFERENCE.matcher(raw);
        StringBuilder out = new StringBuilder();
        Set<String> missing = new TreeSet<>();
        while (m.find()) {
            String name = m.group(1);
            String value;
            if (name == null) {
                value = "${";
            } else if (variables.containsKey(name)) {
                value = variables.getOrDefault(name, "");
            } else if (m.group(2) != null) {
                value = m.group(3);
            } else {
                missing.add(name);
                value = "";
            }
            m.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        m.appendTail(out);
        return new Expanded(out.toString(), missing);
    }
}
