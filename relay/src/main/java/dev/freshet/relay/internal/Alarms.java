package dev.freshet.relay.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What needs a person, logged when it comes up and when it has gone. Belongs to the relay's thread. */
final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final Map<String, String> raised = new LinkedHashMap<>();

    /**
     * Raises an alarm, or brings its text up to date.
     *
     * @param key what it is about; one alarm for each
     * @return whether that is news
     */
    boolean raise(String key, String text) {
        String before = raised.put(key, text);
        if (before == null) {
            LOG.warn("{}", text);
        }
        return !text.equals(before);
    }

    /** Takes an alarm back if it is raised; returns whether it was. */
    boolean mended(String key) {
        String text = raised.remove(key);
        if (text != null) {
            LOG.info("No longer so: {}", text);
        }
        return text != null;
    }

    /** Raises the alarms of one kind, each its own key, and takes back all others of that kind. */
    void only(String kind, List<String> texts) {
        List<String> gone = new ArrayList<>();
        Set<String> now = Set.copyOf(texts);
        raised.forEach((key, text) -> {
            if (key.startsWith(kind) && !now.contains(text)) {
                gone.add(key);
            }
        });
        gone.forEach(this::mended);
        texts.forEach(text -> raise(kind + text, text));
    }

    /** Forgets the alarms of one kind, of which nothing is known any more. */
    void forget(String kind) {
        raised.keySet().removeIf(key -> key.startsWith(kind));
    }

    /** Returns the texts in the order in which they came up. */
    List<String> texts() {
        return List.copyOf(raised.values());
    }
}
