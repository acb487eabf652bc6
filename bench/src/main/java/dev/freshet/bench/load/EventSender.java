package dev.freshet.bench.load;

/** The call that gruelbox's outbox keeps until it is done. */
public interface EventSender {
    /** Sends an event and returns when it is acknowledged. */
    void send(String key, String payload);
}
