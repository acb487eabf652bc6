package dev.freshet.direct;

import dev.freshet.model.DeadLetterHeaders;
import java.time.InstantSource;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Writes events as dead letters: the record that its topic would have, with what is at fault. Belongs to the loop's thread. */
final class Letters implements LanePorts.DeadLetters {
    private final LetterTopic topic;
    private final String name;
    private final KafkaSender sender;
    private final EventRecords records;
    private final InstantSource clock;
    private final EventLoop loop;

    Letters(LetterTopic topic, DirectSettings settings, KafkaSender sender, EventRecords records, EventLoop loop) {
        this.topic = topic;
        this.name = settings.deadLetterTopic();
        this.sender = sender;
        this.records = records;
        this.clock = settings.clock();
        this.loop = loop;
    }

    /** Writes a letter; the topic is looked for and made before the first one. */
    @Override
    public void send(Entry entry, Fault why, KafkaSender.Answer answer) {
        topic.require()
                .thenAccept(fault -> loop.execute(() -> {
                    if (fault.isPresent()) {
                        answer.given(null, fault.get());
                    } else {
                        sender.send(letter(entry, why), (written, failure) -> {
                            if (failure != null) {
                                topic.doubt();
                            }
                            answer.given(written, failure);
                        });
                    }
                }));
    }

    private ProducerRecord<byte[], byte[]> letter(Entry entry, Fault why) {
        ProducerRecord<byte[], byte[]> letter = records.of(entry, name);
        Headers headers = letter.headers();
        EventRecords.add(headers, DeadLetterHeaders.STREAM, entry.event.stream());
        EventRecords.add(headers, DeadLetterHeaders.TOPIC, entry.topic);
        EventRecords.add(headers, DeadLetterHeaders.ERROR, why.word());
        EventRecords.add(headers, DeadLetterHeaders.REASON, why.reason());
        EventRecords.add(headers, DeadLetterHeaders.TIME, clock.instant().toString());
        EventRecords.add(headers, DeadLetterHeaders.ATTEMPTS, Integer.toString(entry.attempts()));
        return letter;
    }
}
