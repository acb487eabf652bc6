package dev.freshet.model.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads whole values into objects, by pulling. */
final class JsonTree {
    private JsonTree() {}

    /** Reads the next value; see {@link JsonReader#nextTree()}. */
    static @Nullable Object next(JsonReader in, int depth) {
        if (depth > JsonReader.MAX_DEPTH) {
            throw in.wrong("no more than " + JsonReader.MAX_DEPTH + " levels");
        }
        return switch (in.peek()) {
            case OBJECT -> {
                in.beginObject();
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (in.hasNext()) {
                    String name = in.nextName();
                    map.put(name, next(in, depth + 1));
                }
                yield map;
            }
            case ARRAY -> {
                in.beginArray();
                List<@Nullable Object> list = new ArrayList<>();
                while (in.hasNext()) {
                    list.add(next(in, depth + 1));
                }
                yield list;
            }
            case STRING -> in.nextString();
            case NUMBER -> number(in.nextNumber());
            case BOOLEAN -> in.nextBoolean();
            case NULL -> {
                in.nextNull();
                yield null;
            }
        };
    }

    private static Object number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notAnInteger) {
            return Double.valueOf(text);
        }
    }
}
