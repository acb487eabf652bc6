package dev.freshet.simulation;

import dev.freshet.model.RetriableException;
import dev.freshet.stream.DeadLetter;
import dev.freshet.stream.DeadLetters;
import java.util.List;

/** A dead-letter topic of the simulated cluster, which takes every letter while the brokers are there. */
final class SimDeadLetters implements DeadLetters {
    private final List<DeadLetter> topic;
    private final SimProcess process;

    SimDeadLetters(List<DeadLetter> topic, SimProcess process) {
        this.topic = topic;
        this.process = process;
    }

    @Override
    public void send(List<DeadLetter> letters) {
        Calls.Trouble trouble = process.call();
        if (trouble != Calls.Trouble.BEFORE) {
            topic.addAll(letters);
        }
        if (trouble != Calls.Trouble.NONE) {
            throw new RetriableException("The brokers are away");
        }
    }

    @Override
    public List<String> check() {
        return List.of();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
