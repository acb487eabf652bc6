package dev.freshet.letters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.model.ConfigurationException;
import dev.freshet.model.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which letters of a topic wait. */
class LetterReaderTest extends LetterTopic {
    private void resolve(LetterPlace place) throws Exception {
        send(
                1,
                null,
                "",
                Map.of(DeadLetterHeaders.RESOLVES, place.toString(), DeadLetterHeaders.RESOLUTION, "redriven"));
    }

    private static List<LetterPlace> places(List<LetterHead> heads) {
        return heads.stream().map(LetterHead::place).toList();
    }

    @Test
    void letters_waitUntilARecordTellsThatTheyAreDealtWith() throws Exception {
        LetterPlace first = letter("a", "1");
        LetterPlace second = letter("b", "2");
        LetterPlace third = letter("a", "3");
        resolve(second);
        WaitingLetters waiting = reader.waiting();
        assertEquals(List.of(first, third), places(waiting.all()));
        LetterHead head = waiting.all().get(0);
        assertEquals(
                "orders a order-placed too-large because id-too-large",
                String.join(" ", head.stream(), head.keyText(), head.type(), head.error(), head.reason(), head.id()));
        assertEquals(Set.of(2), Set.copyOf(waiting.countByKey().values()));
        resolve(first);
        resolve(third);
        assertEquals(List.of(), reader.waiting().all());
    }

    @Test
    void letterThatReplacesAnother_standsInItsPlace() throws Exception {
        LetterPlace first = letter("a", "wrong");
        LetterPlace second = letter("a", "behind");
        Map<String, String> headers = new HashMap<>(letterHeaders("too-large"));
        headers.put(DeadLetterHeaders.REPLACES, first.toString());
        LetterPlace mended = send(0, "a", "mended", headers);
        resolve(first);
        assertEquals(List.of(mended, second), places(reader.waiting().all()));
    }

    @Test
    void selection_tellsWhichLettersOfItsKeysItWouldOvertake() throws Exception {
        LetterPlace first = letter("a", "1");
        letter("b", "1");
        LetterPlace last = send(0, "a", "2", letterHeaders("behind"));
        WaitingLetters.Selection selection = reader.waiting()
                .select(new LetterFilter(Set.of(), Set.of("orders"), Set.of(), Set.of(), Set.of("behind"), null, null));
        assertEquals(List.of(last), places(selection.selected()));
        assertEquals(List.of(first), places(selection.overtaken()), "that of another key is not overtaken");
    }

    @Test
    void filter_meansLettersThatFitAllThatItNames() throws Exception {
        LetterPlace place = letter("a", "1");
        send(0, "b", "2", letterHeaders("unreadable"));
        WaitingLetters waiting = reader.waiting();
        LetterHead first = waiting.all().get(0);
        assertEquals(2, waiting.select(LetterFilter.ALL).selected().size());
        for (LetterFilter filter : List.of(
                LetterFilter.of(place.toString()),
                LetterFilter.of("id-too-large"),
                new LetterFilter(Set.of(), Set.of(), Set.of("a", "x"), Set.of(), Set.of(), null, null),
                new LetterFilter(
                        Set.of(),
                        Set.of("orders"),
                        Set.of(),
                        Set.of("order-placed"),
                        Set.of("too-large"),
                        first.writtenAt(),
                        first.writtenAt().plusSeconds(60)))) {
            assertEquals(List.of(place), places(waiting.select(filter).selected()), filter.toString());
        }
        for (LetterFilter filter : List.of(
                LetterFilter.of("1-0"),
                new LetterFilter(Set.of(), Set.of("other"), Set.of(), Set.of(), Set.of(), null, null),
                new LetterFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), null, first.writtenAt()),
                new LetterFilter(
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        first.writtenAt().plusSeconds(60),
                        null))) {
            assertEquals(List.of(), waiting.select(filter).selected(), filter.toString());
        }
    }

    @Test
    void letters_areReadInTheOrderAskedFor() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            send(i % 2, "k" + i, "v" + i, letterHeaders("too-large"));
        }
        List<LetterHead> heads = new ArrayList<>(reader.waiting().all());
        assertEquals(1200, heads.size());
        List<LetterHead> some = List.of(heads.get(700), heads.get(3), heads.get(4), heads.get(900), heads.get(699));
        List<String> read = new ArrayList<>();
        reader.read(heads, letter -> read.add(new String(letter.value(), StandardCharsets.UTF_8)));
        heads.forEach(head -> wanted.add("v" + head.keyText().substring(1)));
        assertEquals(wanted, read);
        List<LetterPlace> again = new ArrayList<>();
        reader.read(some, letter -> again.add(letter.head().place()));
        assertEquals(places(some), again);
    }

    @Test
    void missingTopic_isTold() {
        try (LetterReader none = LetterReader.open("no-such-topic", kafka, Clock.systemUTC())) {
            ConfigurationException e = assertThrows(ConfigurationException.class, none::waiting);
            assertTrue(String.valueOf(e.getMessage()).contains("'no-such-topic'"), e.getMessage());
        }
    }
}
