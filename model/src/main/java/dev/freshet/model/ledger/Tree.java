package dev.freshet.model.ledger;

import dev.freshet.model.Position;
import dev.freshet.model.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed object whose members are asked for by name and kind. */
record Tree(String what, Map<?, ?> members) {
    static Tree parse(byte[] json, String what) {
        JsonReader reader = new JsonReader(json);
        Object tree = reader.nextTree();
        reader.end();
        return of(what, tree);
    }

    private static Tree of(String what, @Nullable Object value) {
        return new Tree(what, cast(Map.class, what, value));
    }

    private static <T> T cast(Class<T> type, String what, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("The ledger's record has no usable member '" + what + "': expected "
                    + type.getSimpleName() + ", but found "
                    + (value == null ? "nothing" : value.getClass().getSimpleName()));
        }
        return type.cast(value);
    }

    private <T> T member(Class<T> type, String name) {
        return cast(type, what + '.' + name, members.get(name));
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        members.keySet().forEach(k -> names.add((String) k));
        return names;
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    String text(String name) {
        return member(String.class, name);
    }

    @Nullable
    String textOrNull(String name) {
        return members.get(name) == null ? null : text(name);
    }

    long number(String name) {
        return member(Long.class, name);
    }

    boolean bool(String name) {
        return member(Boolean.class, name);
    }

    Position position(String name) {
        return Position.parse(text(name));
    }

    @Nullable
    Position positionOrNull(String name) {
        return members.get(name) == null ? null : position(name);
    }

    Tree tree(String name) {
        return of(what + '.' + name, members.get(name));
    }

    @Nullable
    Tree treeOrNull(String name) {
        return members.get(name) == null ? null : tree(name);
    }

    long[] numbers(String name) {
        List<?> list = member(List.class, name);
        return list.stream()
                .mapToLong(o -> cast(Long.class, what + '.' + name + "[]", o))
                .toArray();
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object o : member(List.class, name)) {
            texts.add(cast(String.class, what + '.' + name + "[]", o));
        }
        return texts;
    }

    List<Tree> trees(String name) {
        List<Tree> trees = new ArrayList<>();
        for (Object o : member(List.class, name)) {
            trees.add(of(what + '.' + name + "[]", o));
        }
        return trees;
    }
}
