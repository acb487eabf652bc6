package dev.freshet.direct;

import dev.freshet.letters.LetterPlace;
import dev.freshet.model.event.PublishedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Where events can be in a {@link LanesModel}: their topic, its dead letters, and the table; and what must hold of them. */
final class LanePlaces {
    /** A row of the table. */
    record Row(long number, PublishedEvent event) {}

    private record Letter(PublishedEvent event, LetterPlace place) {}

    private final Map<String, List<UUID>> topic = new HashMap<>();
    /** Those that their topic has, or that were given up. */
    private final Set<UUID> dealtWith = new HashSet<>();

    private final Set<UUID> lettered = new HashSet<>();
    private final Map<LetterPlace, Letter> waiting = new LinkedHashMap<>();
    private final Set<UUID> safe = new HashSet<>();
    final List<Row> table = new ArrayList<>();
    private int letters;
    private long rows;

    /** The topic gets a record: of a key, none comes for the first time behind a later one. */
    void append(PublishedEvent event) {
        if (!dealtWith.add(event.id()) || event.key() == null) {
            return;
        }
        List<UUID> ofKey = topic.computeIfAbsent(event.key(), k -> new ArrayList<>());
        if (!ofKey.isEmpty() && ofKey.get(ofKey.size() - 1).compareTo(event.id()) > 0) {
            throw new AssertionError("order: " + event.id() + " of " + event.key() + " stands behind " + ofKey);
        }
        ofKey.add(event.id());
    }

    /** Writes a letter; returns its offset. */
    int letter(PublishedEvent event) {
        LetterPlace place = new LetterPlace(0, letters++);
        waiting.put(place, new Letter(event, place));
        lettered.add(event.id());
        return (int) place.offset();
    }

    /** Returns the keys of the letters that wait. */
    Map<LetterPlace, LaneKey> waitingKeys() {
        return waiting.values().stream()
                .filter(letter -> letter.event().key() != null)
                .collect(Collectors.toMap(
                        Letter::place, letter -> LaneKey.of(letter.event()).orElseThrow()));
    }

    /** Sends the letters of the oldest one's key in their order, or gives them up. */
    void redrive(boolean discard) {
        if (waiting.isEmpty()) {
            return;
        }
        String key = waiting.values().iterator().next().event().key();
        for (Letter letter : List.copyOf(waiting.values())) {
            if (Objects.equals(key, letter.event().key())) {
                waiting.remove(letter.place());
                if (discard) {
                    // what was written a second time may come all the same, at any place
                    dealtWith.add(letter.event().id());
                } else {
                    append(letter.event());
                }
            }
        }
    }

    /** Adds events to the table. */
    void keep(List<Entry> entries) {
        entries.forEach(entry -> table.add(new Row(++rows, entry.event)));
    }

    /** Returns the hashes of the keys that have rows. */
    Set<String> keysWithRows() {
        return table.stream()
                .flatMap(row -> LaneKey.of(row.event()).map(LaneKey::hash).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** What a caller was told to be safe is somewhere, for ever. */
    void check(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.outcome.isDone() && !entry.outcome.isCompletedExceptionally()) {
                safe.add(entry.event.id());
            }
        }
        Set<UUID> kept = table.stream().map(row -> row.event().id()).collect(Collectors.toSet());
        for (UUID id : safe) {
            if (!dealtWith.contains(id) && !lettered.contains(id) && !kept.contains(id)) {
                throw new AssertionError("loss: " + id + " was said to be safe, and is nowhere");
            }
        }
    }

    /** Returns what is not in the topic yet. */
    Optional<String> unfinished() {
        return table.isEmpty() && waiting.isEmpty()
                ? Optional.empty()
                : Optional.of(table + " are kept, and " + waiting.values() + " wait");
    }
}
