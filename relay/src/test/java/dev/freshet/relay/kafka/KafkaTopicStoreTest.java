package dev.freshet.relay.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.freshet.capture.TableCapture;
import dev.freshet.embedded.EmbeddedKafka;
import dev.freshet.embedded.TopicPrefix;
import dev.freshet.embedded.junit.OnServers;
import dev.freshet.model.RetriableException;
import dev.freshet.relay.RelaySettings;
import dev.freshet.relay.StreamSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnServers
class KafkaTopicStoreTest {
    private StreamSettings items;
    private RelaySettings settings;
    private KafkaTopicStore store;

    @BeforeEach
    void open(EmbeddedKafka kafka, TopicPrefix prefix) {
        items = StreamSettings.of(new TableCapture("items", "public.item", List.of(), List.of()), prefix.name("items"));
        settings = RelaySettings.builder("shop", List.of(items), Map.of("bootstrap.servers", kafka.bootstrapServers()))
                .ledger(prefix.name("ledger"))
                .build();
        store = KafkaTopicStore.create(settings);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void topicThatIsThereAfterAll_isNotTakenForANewOne() {
        store.create(items);
        store.createLedger();
        RetriableException topic = assertThrows(RetriableException.class, () -> store.create(items));
        assertTrue(topic.getMessage().contains("'" + items.topic() + "'"), topic.getMessage());
        RetriableException ledger = assertThrows(RetriableException.class, store::createLedger);
        assertTrue(ledger.getMessage().contains("'" + settings.ledger() + "'"), ledger.getMessage());
    }

    @Test
    void deletion_takesWhatIsThere_andPassesOverTheRest() {
        store.create(items);
        store.createLedger();
        store.delete(List.of(settings.ledger() + "-none", items.topic(), settings.ledger()));
        assertEquals(Optional.empty(), store.find("items", items.topic()));
        assertEquals(Optional.empty(), store.find("ledger", settings.ledger()));
        store.delete(List.of());
    }
}
