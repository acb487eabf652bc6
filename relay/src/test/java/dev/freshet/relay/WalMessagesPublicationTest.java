package dev.freshet.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.letters.LetterFilter;
import dev.freshet.model.ledger.StreamStatus;
import dev.freshet.outbox.SqlOutbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Events by messages in the log, and what is the same for every way of dead letters and parked keys. */
class WalMessagesPublicationTest extends DeadLetterSuite {
    @Override
    SqlOutbox outbox() {
        return SqlOutbox.walMessages().build();
    }

    @Override
    RelaySettings.Builder relayed(RelaySettings.Builder builder) {
        return builder;
    }

    @Test
    void parkedKeys_areKnownToTheNextRelay() throws Exception {
        Relay first = parkingRelay();
        publish("orders", "a", LARGE);
        assertEquals(List.of(), sent(first));
        first.close();
        publish("orders", "a", "2");
        publish("orders", "b", "1");
        assertEquals(List.of("b 1"), sent(start(settings)));
        assertEquals(List.of("orders a too-large", "orders a behind"), letters());
    }

    @Test
    void discardedLetter_makesRoomForTheNext() throws Exception {
        Relay relay = parkingRelay();
        publish("orders", "a", LARGE, "2");
        assertEquals(List.of(), sent(relay));
        assertEquals(1, desk().discard(LetterFilter.of(heads().get(0).place().toString()), n -> {}));
        publish("orders", "a", "3");
        assertEquals(List.of(), sent(relay));
        assertEquals(List.of("orders a behind", "orders a behind"), letters(), "one is still to be sent before");
        assertEquals(2, desk().redrive(LetterFilter.ALL, n -> {}));
        publish("orders", "a", "4");
        assertEquals(List.of("a 2", "a 3", "a 4"), sent(relay));
    }

    @Test
    void withSkip_laterEventsOfTheKeyPass() throws Exception {
        parking(FailedKeys.SKIP, 3, 2);
        Relay relay = running();
        publish("orders", "a", "1", LARGE, "3");
        assertEquals(List.of("a 1", "a 3"), sent(relay));
        assertEquals(List.of("orders a too-large"), letters());
    }

    @Test
    void moreLettersThanAKeyMayHave_letTheSourceWait_andSaySo() throws Exception {
        Relay relay = parkingRelay();
        // amidst one transaction: what was routed before is written, so that it can be dealt with
        publish("orders", "a", LARGE, "2", "3", "4");
        publish("orders", "b", "1");
        until(
                relay,
                s -> s.state() == RelayStatus.State.RETRYING
                        && String.valueOf(s.message()).contains("parked-letters-limit"));
        assertEquals(3, letters().size());
        assertEquals(3, desk().discard(ofKey("a"), n -> {}));
        assertEquals(List.of("a 4", "b 1"), sent(relay));
    }

    @Test
    void moreKeysThanMayBeParked_letTheSourceWait_andSaySo() throws Exception {
        Relay relay = parkingRelay();
        publish("orders", "a", LARGE);
        publish("orders", "b", LARGE);
        assertEquals(List.of(), sent(relay));
        publish("orders", "c", LARGE);
        until(
                relay,
                s -> s.state() == RelayStatus.State.RETRYING
                        && String.valueOf(s.message()).contains("parked-keys-limit"));
        assertEquals(1, desk().discard(ofKey("a"), n -> {}));
        publish("orders", "d", "1");
        assertEquals(List.of("d 1"), sent(relay));
        assertEquals(List.of("orders b too-large", "orders c too-large"), letters());
    }

    @Test
    void letter_carriesAllThatTheEventHad() throws Exception {
        Relay relay = parkingRelay();
        publish("orders", "a", LARGE);
        sent(relay);
        List<ConsumerRecord<byte[], byte[]>> records =
                topics.readTo(settings.events().deadLetterTopic(), settle(relay));
        assertEquals(1, records.size());
        assertEquals('"' + LARGE + '"', text(records.get(0).value()));
        Map<String, String> headers = new HashMap<>(headers(records.get(0)));
        assertEquals("happened", headers.get("ce_type"));
        assertEquals("a", headers.get("tenant"));
        assertEquals("orders", headers.get("freshet-dead-letter-stream"));
        assertEquals(eventTopic, headers.get("freshet-dead-letter-topic"));
        assertTrue(String.valueOf(headers.get("freshet-dead-letter-reason")).contains("max-message-size"));
    }

    @Test
    void sourceWithoutTables_givesItsMessages() throws Exception {
        settings = settings(
                        kafka(),
                        prefix(),
                        List.of(StreamSettings.ofEvents("orders", eventTopic).withPartitions(3)))
                .events(events)
                .build();
        List<UUID> published = new ArrayList<>();
        publish(published, 20);
        Relay relay = start(settings);
        until(relay, s -> is(s, StreamStatus.RUNNING));
        published.clear();
        publish(published, 100);
        assertOnceInOrder(published, settle(relay));
    }
}
