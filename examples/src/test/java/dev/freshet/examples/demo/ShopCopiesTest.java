package dev.freshet.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.server.config.Configuration;
import dev.freshet.server.config.ConfigurationFile;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShopCopiesTest {
    /** A password made at random of hexadecimal digits may have no letter. */
    @Test
    void passwordThatIsANumber_isReadAsText() {
        String password = "12345678901234567890123456789012";
        String yaml =
                ShopCopies.yaml("127.0.0.1:9092", "jdbc:postgresql://h/a", "jdbc:postgresql://h/b", password, 0, true);
        Configuration config = ConfigurationFile.parse("freshet.yaml", yaml, Map.of());
        assertEquals(
                password,
                Objects.requireNonNull(config.sources().get("shop").password()).reveal());
        assertEquals(
                password,
                Objects.requireNonNull(
                                config.replicas().values().iterator().next().password())
                        .reveal());
    }
}
