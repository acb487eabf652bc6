package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.examples.shop.OrderEvents;
import dev.freshet.examples.shop.PublishWay;
import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShopCopiesTest {
    private static Configuration configuration(String password, PublishWay way, boolean outbox) {
        String yaml = ShopCopies.yaml(
                "127.0.0.1:9092", "jdbc:postgresql://h/a", "jdbc:postgresql://h/b", password, 0, true, way, outbox);
        return ConfigurationFile.parse("freshet.yaml", yaml, Map.of());
    }

    /** A password made at random of hexadecimal digits may have no letter. */
    @Test
    void passwordThatIsANumber_isReadAsText() {
        String password = "12345678901234567890123456789012";
        Configuration config = configuration(password, PublishWay.OUTBOX, true);
        assertEquals(
                password,
                Objects.requireNonNull(config.sources().get("shop").password()).reveal());
        assertEquals(
                password,
                Objects.requireNonNull(
                                config.replicas().values().iterator().next().password())
                        .reveal());
    }

    @Test
    void eventsAreTakenWhereTheWayPutsThem_byOneReader() {
        assertEquals(Set.of("shop"), sourcesWithOutbox(configuration("p", PublishWay.OUTBOX, true)));
        assertEquals(Set.of("shop"), sourcesWithOutbox(configuration("p", PublishWay.WAL_MESSAGE, true)));
        assertEquals(Set.of(), sourcesWithOutbox(configuration("p", PublishWay.WAL_MESSAGE, false)));
        assertEquals(Set.of("shop-polled"), sourcesWithOutbox(configuration("p", PublishWay.POLLING, true)));
        assertEquals(Set.of(), sourcesWithOutbox(configuration("p", PublishWay.DIRECT, true)));
        for (PublishWay way : PublishWay.values()) {
            boolean stream = configuration("p", way, false).streams().containsKey(OrderEvents.STREAM);
            assertEquals(way.isRelayed(), stream, way.toString());
        }
    }

    private static Set<String> sourcesWithOutbox(Configuration config) {
        return config.sources().entrySet().stream()
                .filter(source -> source.getValue().events().outbox().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
