package dev.freshet.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events that were committed, and where each must be, by {@link ToldTable}. */
final class ToldEvents {
    private final Map<UUID, Told> events = new HashMap<>();

    /** Where an event may be. */
    enum Place {
        /** In its stream's topic. */
        TOPIC,
        /** Among the dead letters. */
        LETTERS,
        /** In either. */
        ANY,
        /** It was in the memory of a process that was killed, and may be nowhere. */
        NOWHERE;

        /** Returns whether an event that must be here is where it must, if it is there. */
        boolean allows(Place there) {
            return this == ANY || this == NOWHERE || this == there;
        }
    }

    /**
     * An event that was committed.
     *
     * @param way how it was published
     * @param key its key
     * @param number grows from one of the key to the next
     * @param life the process that has published it
     * @param large whether it is larger than its topic takes
     * @param answer what the publisher has answered, of {@link Way#DIRECT}
     * @param place where it must be
     */
    record Told(
            Way way,
            String key,
            long number,
            int life,
            boolean large,
            @Nullable String answer,
            Place place) {
        private Told at(Place other) {
            return new Told(way, key, number, life, large, answer, other);
        }

        boolean failed() {
            return answer != null && answer.startsWith(DirectAnswers.FAILED);
        }
    }

    private ToldEvents() {}

    /** Reads what the databases tell. */
    static ToldEvents read(FaultWorld world) throws SQLException {
        ToldEvents told = new ToldEvents();
        try (Connection shop = world.source(Way.TABLE);
                Connection orders = world.source(Way.POLLED)) {
            told.read(shop);
            told.read(orders);
        }
        told.markLetters();
        return told;
    }

    private void read(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet row = s.executeQuery(
                        "SELECT id, key, number, life, large, outcome FROM told LEFT JOIN told_answer USING (id)")) {
            while (row.next()) {
                String key = row.getString(2);
                Way way = Way.ofKey(key);
                String answer = row.getString(6);
                events.put(
                        row.getObject(1, UUID.class),
                        new Told(
                                way,
                                key,
                                row.getLong(3),
                                row.getInt(4),
                                row.getBoolean(5),
                                answer,
                                way.isOnce() ? Place.TOPIC : answered(answer)));
            }
        }
    }

    private static Place answered(@Nullable String answer) {
        if (answer == null) {
            return Place.NOWHERE;
        }
        return switch (answer) {
            case "SENT" -> Place.TOPIC;
            case "DEAD_LETTERED" -> Place.LETTERS;
            default -> Place.ANY;
        };
    }

    /** With a relay, the first event of a key that is too large is a dead letter, and so is every later one. */
    private void markLetters() {
        Map<String, List<UUID>> sick = new HashMap<>();
        events.forEach((id, told) -> {
            if (told.way().isOnce() && Request.isSick(told.key())) {
                sick.computeIfAbsent(told.key(), k -> new ArrayList<>()).add(id);
            }
        });
        for (List<UUID> ids : sick.values()) {
            ids.sort(Comparator.comparingLong(
                    id -> Objects.requireNonNull(events.get(id)).number()));
            boolean parked = false;
            for (UUID id : ids) {
                Told told = Objects.requireNonNull(events.get(id));
                parked |= told.large();
                if (parked) {
                    events.put(id, told.at(Place.LETTERS));
                }
            }
        }
    }

    /** Returns them by their ids. */
    Map<UUID, Told> byId() {
        return events;
    }
}
