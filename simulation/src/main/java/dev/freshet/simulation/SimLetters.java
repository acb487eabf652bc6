package dev.freshet.simulation;

import dev.freshet.letters.Letter;
import dev.freshet.letters.LetterCollector;
import dev.freshet.letters.LetterHead;
import dev.freshet.letters.LetterPlace;
import dev.freshet.letters.NoLettersException;
import dev.freshet.letters.ReadableLetters;
import dev.freshet.letters.WaitingLetters;
import dev.freshet.model.EventRecord;
import dev.freshet.model.RecordHeaders;
import dev.freshet.model.RetriableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** The dead letters of the simulated cluster's relay. */
final class SimLetters implements ReadableLetters {
    private final SimKafka kafka;
    private final String topic;
    private final Calls calls;

    SimLetters(SimKafka kafka, String topic, Calls calls) {
        this.kafka = kafka;
        this.topic = topic;
        this.calls = calls;
    }

    private SimLog log() {
        if (calls.call() != Calls.Trouble.NONE) {
            throw new RetriableException("The cluster is away");
        }
        List<SimLog> logs = kafka.topics.get(topic);
        if (logs == null) {
            throw new NoLettersException(topic);
        }
        return logs.get(0);
    }

    @Override
    public WaitingLetters waiting() {
        SimLog log = log();
        LetterCollector found = new LetterCollector(topic);
        for (int offset = 0; offset < log.stable(); offset++) {
            if (log.records().get(offset).committed()) {
                found.take(letter(log, offset));
            }
        }
        return found.waiting();
    }

    @Override
    public void read(Collection<LetterHead> heads, Consumer<Letter> each) {
        for (LetterHead head : heads) {
            each.accept(letter(log(), (int) head.place().offset()));
        }
    }

    private static Letter letter(SimLog log, int offset) {
        SimLog.Rec record = log.records().get(offset);
        EventRecord event = Objects.requireNonNull(record.event());
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(RecordHeaders.ID, event.event().id().toString());
        texts.put(RecordHeaders.TYPE, event.event().type());
        texts.put(RecordHeaders.CONTENT_TYPE, event.event().contentType());
        texts.put(RecordHeaders.TIME, event.committedAt().toString());
        texts.putAll(event.event().headers());
        List<Letter.Header> headers = new ArrayList<>();
        texts.forEach((name, text) -> headers.add(new Letter.Header(name, text.getBytes(StandardCharsets.UTF_8))));
        return Letter.of(new LetterPlace(0, offset), record.at(), event.key(), event.value(), headers);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
