package dev.freshet.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A path in the file, with the list of mistakes to which everything found there goes, and the environment.
 *
 * @param path the path, such as {@code sources.shop}
 * @param mistakes where mistakes are added
 * @param environment gives the variables
 */
record Place(String path, List<Mistake> mistakes, Environment environment) {
    /** Returns the place of a key. */
    Place at(String key) {
        return new Place(path.isEmpty() ? key : path + "." + key, mistakes, environment);
    }

    /** Returns the place of a list's element, counted from 0. */
    Place at(int index) {
        return new Place(path + "[" + index + "]", mistakes, environment);
    }

    /** Notes a mistake here. */
    void mistake(String message) {
        mistakes.add(new Mistake(path, message));
    }

    /**
     * Returns a scalar's text with its variables put in, or null after a mistake: a variable is missing, or no scalar
     * stands here.
     */
    @Nullable
    String text(JsonNode node, String allowed) {
        if (!node.isValueNode()) {
            mistake("must be " + allowed + ", but is a " + (node.isArray() ? "list" : "mapping"));
            return null;
        }
        Environment.Expanded expanded = environment.expand(node.asString());
        if (!expanded.missing().isEmpty()) {
            for (String name : expanded.missing()) {
                mistake("the environment variable " + name + " is not set; set it, or write ${" + name
                        + ":-default} for a default");
            }
            return null;
        }
        return expanded.text();
    }
}
