package dev.freshet.replica;

import dev.freshet.stream.Partition;
import dev.freshet.stream.StreamReader;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.stream.Collectors;

/** Real readers, of which those without a group give nothing of one topic while it is held, and all of the others. */
final class HeldTopic extends HeldReaders {
    private final String topic;
    private volatile boolean held;

    HeldTopic(ReplicaConfig config, String topic) {
        super(config, Integer.MAX_VALUE);
        this.topic = topic;
    }

    void hold() {
        held = true;
    }

    @Override
    void letGo() {
        held = false;
    }

    @Override
    public StreamReader alone() {
        StreamReader reader = super.alone();
        return (StreamReader) Proxy.newProxyInstance(
                StreamReader.class.getClassLoader(),
                new Class<?>[] {StreamReader.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("poll")) {
                        pauseOrResume(reader);
                    }
                    return call(reader, method, arguments);
                });
    }

    private void pauseOrResume(StreamReader reader) {
        Set<Partition> mine = reader.assignment().stream()
                .filter(p -> p.topic().equals(topic))
                .collect(Collectors.toSet());
        if (held) {
            reader.pause(mine);
        } else {
            reader.resume(mine);
        }
    }
}
